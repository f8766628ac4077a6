import { userInfo } from 'node:os';

/** Who changes something and why, as the logs of changes keep it. */
export interface Said {
  readonly author: string;
  readonly note: string;
}

const LONGEST_NOTE = 500;
const LONGEST_AUTHOR = 100;

/** Whoever runs the command, by name; in a container the user may have none. */
export function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env['USER'] ?? 'unknown';
  }
}

/** What `--note` and `--author` say. @throws in one sentence when one says nothing or too much */
export function saidOf({ note = '', author }: { readonly note?: string | undefined; readonly author: string }): Said {
  if (!isWithin(note, LONGEST_NOTE)) throw new Error(`--note: say why in 1 to ${LONGEST_NOTE} characters, for whoever reads the log`);
  if (!isWithin(author, LONGEST_AUTHOR)) throw new Error(`--author: a name of 1 to ${LONGEST_AUTHOR} characters`);
  return { author, note };
}

const isWithin = (text: string, most: number): boolean => text.trim().length >= 1 && text.trim().length <= most;
