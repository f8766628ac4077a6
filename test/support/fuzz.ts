import { SeededRandom } from '../../gateway/core/seeded-random.js';

/** Inputs of one kind: full counts only in long runs. */
export const FUZZ_COUNT = process.env['VAXEL_LONG'] === '1' ? 20_000 : 300;
/** A failing run names its seed; the same seed gives the same inputs. */
export const FUZZ_SEED = Number(process.env['VAXEL_SEED'] ?? 20_261_122);

/** Repeatable chance. */
export class Chance extends SeededRandom {
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  oneOf<T>(things: readonly T[]): T {
    const thing = things[this.below(things.length)];
    if (thing === undefined) throw new Error('nothing to choose from');
    return thing;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}

const NUMBERS = ['-1', '0', '1', '65536', '4294967296', '99999999999999999999', '1e9', '0x10', 'NaN', '00', ''];
const PIECES = ['\0', '\r\n', '\r\n\r\n', '\n', ':', ';', ',', '"', '<', '>', '<<<<', '%00', '%', 'é', '\u{1f4a3}', '|', '#', '{', '}', '[', '../', '${x}', '__proto__', 'A'.repeat(3_000)];

type Mutation = (input: Buffer, chance: Chance) => Buffer;

const spliced = (input: Buffer, at: number, remove: number, insert: Buffer): Buffer => Buffer.concat([input.subarray(0, at), insert, input.subarray(at + remove)]);

const MUTATIONS: readonly Mutation[] = [
  (input, chance) => {
    const out = Buffer.from(input);
    if (out.length > 0) out[chance.below(out.length)] = chance.below(256);
    return out;
  },
  (input, chance) => spliced(input, chance.below(input.length + 1), 1 + chance.below(20), Buffer.alloc(0)),
  (input, chance) => spliced(input, chance.below(input.length + 1), 0, chance.bytes(1 + chance.below(16))),
  (input, chance) => spliced(input, chance.below(input.length + 1), 0, Buffer.from(chance.oneOf(PIECES))),
  (input, chance) => input.subarray(0, chance.below(input.length + 1)),
  (input, chance) => {
    const lines = input.toString('latin1').split('\n');
    const from = chance.below(lines.length);
    const line = lines[from] ?? '';
    const change = chance.below(3);
    if (change === 0) lines.splice(from, 1);
    else if (change === 1) lines.splice(chance.below(lines.length + 1), 0, line);
    else lines.splice(from, 1, lines[chance.below(lines.length)] ?? '');
    return Buffer.from(lines.join('\n'), 'latin1');
  },
  (input, chance) => {
    const text = input.toString('latin1');
    const numbers = [...text.matchAll(/\d+/g)];
    if (numbers.length === 0) return input;
    const { index, 0: digits } = chance.oneOf(numbers);
    return Buffer.from(text.slice(0, index) + chance.oneOf(NUMBERS) + text.slice(index + digits.length), 'latin1');
  },
];

/** One of these inputs with a few things wrong, or noise. */
export function mutated(inputs: readonly (Buffer | string)[], chance: Chance): Buffer {
  if (chance.next() < 0.03) return chance.bytes(chance.below(400));
  let input = Buffer.from(chance.oneOf(inputs));
  for (let left = 1 + chance.below(4); left > 0; left -= 1) input = Buffer.from(chance.oneOf(MUTATIONS)(input, chance));
  return input;
}
