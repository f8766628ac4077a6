import { createInterface, type Interface } from 'node:readline';

type Colour = 'dim' | 'bold' | 'cyan' | 'yellow' | 'green' | 'red';
const CODES: Readonly<Record<Colour, string>> = { dim: '2', bold: '1', cyan: '36', yellow: '33', green: '32', red: '31' };
const MAX_WIDTH = 110;

/** Where an author reads. */
export type Page = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Lines from and to an author: a terminal, where what is printed does not tear what is being typed, or a pipe. Without an output lines are only read. */
export class Terminal {
  readonly isInteractive: boolean;
  private readonly lines: string[] = [];
  private readonly reader: Interface;
  private waiting: ((line: string | null) => void) | null = null;
  private isClosed = false;
  private question: string | null = null;

  constructor(
    private readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean },
    private readonly output: Page | null,
  ) {
    this.isInteractive = input.isTTY === true && output?.isTTY === true;
    this.reader = createInterface(this.isInteractive && output !== null ? { input, output } : { input });
    this.reader.on('line', (line) => this.take(line));
    this.reader.on('SIGINT', () => this.reader.close());
    this.reader.on('close', () => {
      this.isClosed = true;
      this.answer(null);
    });
  }

  /** The next line, or null when there are no more. Only one at a time may wait. */
  async read(question: string, signal?: AbortSignal): Promise<string | null> {
    const ready = this.lines.shift();
    if (ready !== undefined) return this.echoed(ready);
    if (this.isClosed) return null;
    this.ask(question);
    return new Promise((resolve) => {
      this.waiting = resolve;
      signal?.addEventListener('abort', () => this.answer(null), { once: true });
    });
  }

  /** Prints above what is being typed. */
  print(text: string): void {
    if (!this.isInteractive || this.question === null) {
      this.output?.write(`${text}\n`);
      return;
    }
    this.output?.write(`\r\u001b[2K${text}\n`);
    this.reader.prompt(true);
  }

  colour(colour: Colour, text: string): string {
    return this.output?.isTTY === true && process.env['NO_COLOR'] === undefined ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;
  }

  /** Breaks words into lines behind a margin. */
  wrap(text: string, margin: number): string {
    const width = Math.max(30, Math.min(MAX_WIDTH, this.output?.columns ?? MAX_WIDTH) - margin);
    const lines: string[] = [];
    for (const word of text.split(' ')) {
      const last = lines.at(-1);
      if (last === undefined || last.length + word.length + 1 > width) lines.push(word);
      else lines[lines.length - 1] = `${last} ${word}`;
    }
    return lines.join(`\n${' '.repeat(margin)}`);
  }

  close(): void {
    this.question = null;
    this.reader.close();
  }

  private ask(question: string): void {
    if (this.question === question || !this.isInteractive) return;
    this.question = question;
    this.reader.setPrompt(question);
    this.reader.prompt(true);
  }

  private take(line: string): void {
    this.question = null;
    if (this.waiting === null) this.lines.push(line);
    else this.answer(this.echoed(line));
  }

  /** What comes from a pipe is shown where it is used, as if it were typed. */
  private echoed(line: string): string {
    if (!this.isInteractive) this.output?.write(`${this.colour('cyan', `› ${line}`)}\n`);
    return line;
  }

  private answer(line: string | null): void {
    const { waiting } = this;
    this.waiting = null;
    waiting?.(line);
  }
}
