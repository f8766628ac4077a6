/** One command of a client: its line, its headers, and a body if `content-length` says so. */
export interface EslCommand {
  readonly line: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** The same as they were written. */
  readonly written: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

const MAX_HEAD_BYTES = 65_536;
const MAX_BODY_BYTES = 262_144;

/** Cuts the bytes of a client into commands. LF ends a line, CR before it is tolerated; an empty line ends a command. */
export class CommandReader {
  #buffer: Buffer = Buffer.alloc(0);

  /** Throws RangeError if a command is bigger than any client of ours sends; the connection must then be closed. */
  push(data: Buffer): EslCommand[] {
    this.#buffer = this.#buffer.length === 0 ? data : Buffer.concat([this.#buffer, data]);
    const commands: EslCommand[] = [];
    for (let command = this.#next(); command !== undefined; command = this.#next()) if (command.line !== '') commands.push(command);
    if (this.#buffer.length > MAX_HEAD_BYTES + MAX_BODY_BYTES) throw new RangeError('command too big');
    return commands;
  }

  #next(): EslCommand | undefined {
    const end = headEnd(this.#buffer);
    if (end === undefined) {
      if (this.#buffer.length > MAX_HEAD_BYTES) throw new RangeError('command head too big');
      return undefined;
    }
    const [line = '', ...rest] = this.#buffer.toString('utf8', 0, end.at).split('\n').map((text) => text.replace(/\r$/, ''));
    const written = rest.flatMap(headerOf);
    const headers = new Map(written.map(([name, value]) => [name.toLowerCase(), value]));
    const bodyBytes = Number(headers.get('content-length') ?? 0);
    if (!(bodyBytes >= 0 && bodyBytes <= MAX_BODY_BYTES)) throw new RangeError('command body too big');
    const total = end.at + end.bytes + bodyBytes;
    if (this.#buffer.length < total) return undefined;
    const body = this.#buffer.toString('utf8', end.at + end.bytes, total);
    this.#buffer = this.#buffer.subarray(total);
    return { line: line.trim(), headers, written, body };
  }
}

/** Where the empty line is, and how many bytes the line ends around it take. */
function headEnd(buffer: Buffer): { at: number; bytes: number } | undefined {
  for (let at = buffer.indexOf(0x0a); at >= 0; at = buffer.indexOf(0x0a, at + 1)) {
    // An empty command: stray line ends between two commands.
    if (at === 0 || (at === 1 && buffer[0] === 0x0d)) return { at: 0, bytes: at + 1 };
    if (buffer[at + 1] === 0x0a) return { at, bytes: 2 };
    if (buffer[at + 1] === 0x0d && buffer[at + 2] === 0x0a) return { at, bytes: 3 };
  }
  return undefined;
}

function headerOf(text: string): [string, string][] {
  const colon = text.indexOf(':');
  return colon <= 0 ? [] : [[text.slice(0, colon).trim(), text.slice(colon + 1).trimStart()]];
}
