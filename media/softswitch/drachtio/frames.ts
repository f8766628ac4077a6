/** drachtio-server 0.9.4 reads application messages into a ring buffer of this many bytes and garbles larger ones; here they are refused. */
export const MAX_FRAME_BYTES = 12_228;
const MAX_LENGTH_DIGITS = 5;
const HASH = 0x23;

/** What the bytes of one read brought: whole payloads in order and, when the stream cannot be followed any more, why. */
export interface FrameRead { readonly payloads: readonly string[]; readonly broken?: string }

/** Puts the length in bytes in front: `<length>#<payload>`. */
export function frame(payload: string): string {
  return `${Buffer.byteLength(payload)}#${payload}`;
}

/** Cuts the byte stream of one application into payloads; holds at most one frame. */
export class FrameReader {
  private buffer: Buffer = Buffer.alloc(0);
  private broken: string | undefined;

  push(bytes: Buffer): FrameRead {
    if (this.broken !== undefined) return { payloads: [], broken: this.broken };
    this.buffer = this.buffer.length === 0 ? bytes : Buffer.concat([this.buffer, bytes]);
    const payloads: string[] = [];
    for (let next = this.next(); next !== undefined; next = this.next()) payloads.push(next);
    return this.broken === undefined ? { payloads } : { payloads, broken: this.broken };
  }

  private next(): string | undefined {
    const hash = this.buffer.subarray(0, MAX_LENGTH_DIGITS + 1).indexOf(HASH);
    if (hash < 0) {
      // Anything but up to five digits can never become a length: the socket is dropped at once, without an answer.
      if (this.buffer.length > MAX_LENGTH_DIGITS || !/^\d*$/.test(this.buffer.toString('latin1'))) return this.fail('length is not a number');
      return undefined;
    }
    const digits = this.buffer.toString('latin1', 0, hash);
    if (!/^\d+$/.test(digits) || Number(digits) === 0) return this.fail('length is not a number');
    const end = hash + 1 + Number(digits);
    if (Number(digits) > MAX_FRAME_BYTES) return this.fail(`message of ${digits} bytes, the limit is ${MAX_FRAME_BYTES}`);
    if (this.buffer.length < end) return undefined;
    const payload = this.buffer.toString('utf8', hash + 1, end);
    this.buffer = this.buffer.subarray(end);
    return payload;
  }

  private fail(reason: string): undefined {
    this.broken = reason;
    this.buffer = Buffer.alloc(0);
    return undefined;
  }
}
