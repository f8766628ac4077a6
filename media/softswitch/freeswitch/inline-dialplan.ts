/** One step of a dial plan. */
export interface Action {
  readonly app: string;
  readonly arg: string;
}

/**
 * Reads the inline form `app:arg,app:arg`. `m:^:` in front names another character between the steps, for arguments that hold a comma.
 */
export function parseInline(text: string): Action[] {
  const custom = /^m:(.):(.*)$/s.exec(text);
  const [separator, steps] = custom === null ? [',', text] : [custom[1] ?? ',', custom[2] ?? ''];
  return steps.split(separator).filter((step) => step !== '').map((step) => {
    const colon = step.indexOf(':');
    return colon < 0 ? { app: step, arg: '' } : { app: step.slice(0, colon), arg: step.slice(colon + 1) };
  });
}

/** Words between runs of spaces; single quotes keep spaces in a word. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  for (const match of text.matchAll(/((?:'[^']*'|[^\s'])+)/g)) words.push(match[0].replace(/'/g, ''));
  return words;
}
