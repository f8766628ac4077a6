const FIRST_MS = 500;
const MOST_MS = 10_000;

/** How long to wait after a server refused a password so often in a row: a person has to mend it, and each attempt is a line of its log. */
export const refusalWaitMs = (refusals: number): number => Math.min(2 ** Math.max(0, refusals - 1) * FIRST_MS, MOST_MS);
