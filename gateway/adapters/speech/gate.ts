/** A task's place in the line; it may become urgent while it waits. */
export interface Place {
  isUrgent: boolean;
}

/** Lets at most so many tasks run at a time; the others wait in order, urgent ones before all that are not. */
export class Gate {
  private running = 0;
  private readonly waiting: { readonly place: Place; readonly go: () => void }[] = [];

  constructor(private readonly limit: number) {}

  async pass<T>(place: Place, task: () => Promise<T>): Promise<T> {
    if (this.running >= this.limit) await new Promise<void>((go) => this.waiting.push({ place, go }));
    else this.running++;
    try {
      return await task();
    } finally {
      // The place goes straight to the next in line, so that nobody slips in between.
      const urgent = this.waiting.findIndex((one) => one.place.isUrgent);
      const [next] = this.waiting.splice(Math.max(0, urgent), 1);
      if (next === undefined) this.running--;
      else next.go();
    }
  }
}
