/** One fact, printed for a machine (`--json`: one object a line) or for a person. */
export class Output {
  /** @param who says what is wrong, to a person: the command */
  constructor(
    private readonly isJson: boolean,
    private readonly who = 'vaxel',
  ) {}

  line(fields: Readonly<Record<string, unknown>>, text: string): void {
    if (this.isJson) console.log(JSON.stringify(fields));
    else if (text !== '') console.log(text);
  }

  /** @returns the exit status for wrong usage */
  problem(message: string): number {
    if (this.isJson) console.log(JSON.stringify({ event: 'error', message }));
    else console.error(`${this.who}: ${message}`);
    return 2;
  }
}
