/** One step of a key script. */
export type KeyStep =
  | { kind: 'key'; key: string }
  | { kind: 'wait'; ms: number }
  /** Waits until something was heard and then nothing for `quietMs`. */
  | { kind: 'prompt'; quietMs: number }
  | { kind: 'hangUp' };

export const DEFAULT_QUIET_MS = 700;
const LONGEST_WAIT_MS = 600_000;

/**
 * Reads a script such as `prompt 1 wait:1500 4711# prompt:500 0 hangup`. Words are parted by white space:
 *   keys (0-9 * # A-D, any number)   pressed one after the other
 *   wait:<ms>, or `,` for 500 ms     a pause
 *   prompt, prompt:<ms>              until a prompt was heard and then silence for so long (default 700 ms)
 *   hangup                           ends the call
 */
export function parseKeyScript(text: string): { ok: true; steps: KeyStep[] } | { ok: false; reason: string } {
  const steps: KeyStep[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const parsed = parseWord(word);
    // The word itself may be a PIN: its place is named instead.
    if (!parsed) return { ok: false, reason: `word at step ${steps.length + 1} is neither keys (0-9 * # A-D) nor wait:<ms>, prompt[:<ms>], hangup` };
    steps.push(...parsed);
  }
  return { ok: true, steps };
}

function parseWord(word: string): KeyStep[] | undefined {
  const timed = /^(wait|prompt):(\d{1,6})$/i.exec(word);
  const ms = Number(timed?.[2]);
  if (timed && ms <= LONGEST_WAIT_MS) return [timed[1]?.toLowerCase() === 'wait' ? { kind: 'wait', ms } : { kind: 'prompt', quietMs: ms }];
  if (/^prompt$/i.test(word)) return [{ kind: 'prompt', quietMs: DEFAULT_QUIET_MS }];
  if (/^hangup$/i.test(word)) return [{ kind: 'hangUp' }];
  if (!/^[0-9*#A-Da-d,]+$/.test(word)) return undefined;
  return [...word].map((key): KeyStep => (key === ',' ? { kind: 'wait', ms: 500 } : { kind: 'key', key: key.toUpperCase() }));
}
