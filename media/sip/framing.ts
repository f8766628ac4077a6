/** The largest message we read: the biggest UDP datagram, and the same bound for TCP. */
export const MAX_MESSAGE_BYTES = 65_535;

const CR = 13;
const LF = 10;

/** Where the header part ends (its last line end included) and where the body starts, in bytes. Lines may end in CRLF or LF. */
export function findHeadEnd(data: Buffer, from = 0): { head: number; body: number } | undefined {
  for (let at = data.indexOf(LF, from); at >= 0; at = data.indexOf(LF, at + 1)) {
    const next = data[at + 1] === CR ? at + 2 : at + 1;
    if (data[next] === LF) return { head: at + 1, body: next + 1 };
  }
  return undefined;
}

/** Number of leading CR and LF bytes: keep-alives (RFC 5626 section 3.5.1) and line ends before a start line (RFC 3261 section 7.5). */
export function leadingLineEnds(data: Buffer): number {
  let count = 0;
  while (data[count] === CR || data[count] === LF) count++;
  return count;
}

/** What the framer found in the byte stream. `broken`: nothing after it can be read, the connection must be closed. */
export type Frame = { kind: 'message'; data: Buffer } | { kind: 'ping' } | { kind: 'broken'; reason: string; data?: Buffer };

const CONTENT_LENGTH = /^(?:content-length|l)[ \t]*:[ \t]*(\d{1,9})[ \t]*\r?$/im;

/** Cuts a TCP byte stream into messages by Content-Length (RFC 3261 section 18.3). Never holds more than one message bound of bytes. */
export class StreamFramer {
  private buffer: Buffer = Buffer.alloc(0);
  private isBroken = false;
  private scannedTo = 0;

  /** Takes the bytes that arrived, gives the frames they complete. After a `broken` frame all further bytes are dropped. */
  push(bytes: Buffer): Frame[] {
    if (this.isBroken) return [];
    this.buffer = this.buffer.length === 0 ? bytes : Buffer.concat([this.buffer, bytes]);
    const frames: Frame[] = [];
    for (let frame = this.next(); frame; frame = this.next()) {
      frames.push(frame);
      if (frame.kind === 'broken') {
        this.isBroken = true;
        this.buffer = Buffer.alloc(0);
        break;
      }
    }
    return frames;
  }

  private next(): Frame | undefined {
    const lineEnds = leadingLineEnds(this.buffer);
    // Two CRLF ask for one CRLF back; anything shorter may be the first half of it or a pong.
    if (lineEnds >= 4) return this.take(4, { kind: 'ping' });
    if (lineEnds > 0 && lineEnds < this.buffer.length) this.skip(lineEnds);
    else if (lineEnds === 2) return undefined;
    if (this.buffer.length === 0) return undefined;
    return this.message();
  }

  private message(): Frame | undefined {
    const end = findHeadEnd(this.buffer, Math.max(0, this.scannedTo - 3));
    if (!end) {
      this.scannedTo = this.buffer.length;
      return this.buffer.length > MAX_MESSAGE_BYTES ? { kind: 'broken', reason: 'header part too large' } : undefined;
    }
    const length = CONTENT_LENGTH.exec(this.buffer.toString('latin1', 0, end.head))?.[1];
    if (length === undefined) return { kind: 'broken', reason: 'no Content-Length', data: this.buffer.subarray(0, end.body) };
    const total = end.body + Number(length);
    if (total > MAX_MESSAGE_BYTES) return { kind: 'broken', reason: 'message too large' };
    if (this.buffer.length < total) return undefined;
    return this.take(total, { kind: 'message', data: this.buffer.subarray(0, total) });
  }

  private take(bytes: number, frame: Frame): Frame {
    this.skip(bytes);
    return frame;
  }

  private skip(bytes: number): void {
    this.buffer = this.buffer.subarray(bytes);
    this.scannedTo = 0;
  }
}
