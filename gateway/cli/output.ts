/** One fact, printed for a machine (`--json`: one object a line) or for a person. */
export class Output {
  constructor(private readonly isJson: boolean) {}

  line(fields: Readonly<Record<string, unknown>>, text: string): void {
    if (this.isJson) console.log(JSON.stringify(fields));
    else if (text !== '') console.log(text);
  }

  /** @returns the exit status for wrong usage */
  problem(message: string): number {
    if (this.isJson) console.log(JSON.stringify({ event: 'error', message }));
    else console.error(`vaxel: ${message}`);
    return 2;
  }
}
