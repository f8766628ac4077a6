/** Some milliseconds' worth, so that a caller who comes meanwhile does not notice. */
const AT_A_TIME = 500;

/** Does it for each of many, in order; in between, whatever else waits has its turn. */
export async function byTurns<T>(items: Iterable<T>, act: (item: T) => void): Promise<void> {
  let done = 0;
  for (const item of items) {
    act(item);
    done += 1;
    if (done % AT_A_TIME === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}
