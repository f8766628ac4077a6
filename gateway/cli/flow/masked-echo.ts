import { Writable } from 'node:stream';
import { maskKeys } from '../../core/recording/masking.js';

/** Where an author reads. */
export type Page = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** A sequence that moves the cursor or colours, or else a digit. */
const SEQUENCE_OR_DIGIT = /\u001b\[[0-9;?]*[A-Za-z]|\d/g;

/** What a line editor shows of what is typed: digits as dots. Without a page nothing. */
export class MaskedEcho extends Writable {
  constructor(private readonly page: Page | null) {
    super({ decodeStrings: false });
  }

  /** The editor wraps at it. */
  get columns(): number | undefined {
    return this.page?.columns;
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.page?.write(chunk.toString().replace(SEQUENCE_OR_DIGIT, (found) => (found.length > 1 ? found : maskKeys(found))));
    done();
  }
}
