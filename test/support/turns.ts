/** Calls `onTurn` in every turn of the event loop while that is done: whenever whatever else waits has its turn. */
export async function eachTurnDuring(work: () => Promise<unknown>, onTurn: () => void): Promise<void> {
  const next = (): void => {
    onTurn();
    waiting = setImmediate(next);
  };
  let waiting = setImmediate(next);
  await work();
  clearImmediate(waiting);
}

/** How many turns that takes. Waiting for a disk or a socket takes any number of them. */
export async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  await eachTurnDuring(work, () => (turns += 1));
  return turns;
}
