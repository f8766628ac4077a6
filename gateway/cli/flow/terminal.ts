import { createInterface, type Interface } from 'node:readline';
import { MaskedEcho, type Page } from './masked-echo.js';

type Colour = 'dim' | 'bold' | 'cyan' | 'yellow' | 'green' | 'red';
const CODES: Readonly<Record<Colour, string>> = { dim: '2', bold: '1', cyan: '36', yellow: '33', green: '32', red: '31' };
const MAX_WIDTH = 110;

type Echoed = (line: string) => string | null;

/** Lines from and to an author: a terminal, where what is printed does not tear what is being typed, or a pipe. Without an output lines are only read. */
export class Terminal {
  readonly isInteractive: boolean;
  /** Digits that are typed stay on the screen as they are. */
  readonly showsDigits: boolean;
  private readonly output: Page | null;
  private readonly lines: string[] = [];
  private readonly reader: Interface;
  private waiting: ((line: string | null) => void) | null = null;
  private isClosed = false;
  private question: string | null = null;
  private echoedAs: Echoed = () => null;

  /** `hidesDigits`: those that are typed are dots on the screen, as nobody knows yet whether they are a secret. */
  constructor({ input, output, hidesDigits }: { readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean }; readonly output: Page | null; readonly hidesDigits: boolean }) {
    this.output = output;
    this.isInteractive = input.isTTY === true && output?.isTTY === true;
    this.showsDigits = this.isInteractive && !hidesDigits;
    // Without a line editor of our own the terminal itself would echo. Lines of before, which the arrow keys bring back, are not kept.
    if (input.isTTY === true && hidesDigits) this.reader = createInterface({ input, output: new MaskedEcho(this.isInteractive ? output : null), terminal: true, historySize: 0 });
    else this.reader = createInterface(this.isInteractive && output !== null ? { input, output } : { input });
    this.reader.on('line', (line) => this.take(line));
    this.reader.on('SIGINT', () => this.reader.close());
    this.reader.on('close', () => {
      this.isClosed = true;
      this.answer(null);
    });
  }

  /** The next line, or null when there are no more. Only one at a time may wait. `echoed`: what is shown of a line that comes from a pipe; null = nothing. */
  async read(question: string, { echoed, signal }: { readonly echoed: Echoed; readonly signal?: AbortSignal }): Promise<string | null> {
    this.echoedAs = echoed;
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
    const shown = this.isInteractive ? null : this.echoedAs(line);
    if (shown !== null) this.output?.write(`${this.colour('cyan', `› ${shown}`)}\n`);
    return line;
  }

  private answer(line: string | null): void {
    const { waiting } = this;
    this.waiting = null;
    waiting?.(line);
  }
}
