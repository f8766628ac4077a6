import type { Json } from '../../ids.js';
import type { KeptAnswer, Led } from './kept-answer.js';
import { admit, valueAt } from '../../flow/variables.js';
import type { Move } from './moves.js';

export type Answer = Extract<Move, { kind: 'answer' }>;

interface Tried {
  readonly exit: string;
  readonly kept: Json | undefined;
  /** What was read of it on the way, or can be read later. */
  readonly read: readonly (readonly string[])[];
}

/**
 * The answers of a back end that were played at one place. Another that agrees with one of them in all that is read of it goes the same way,
 * so it need not be played: most fields of most answers decide nothing.
 */
export class SameAnswers {
  private readonly tried: Tried[] = [];

  constructor(private readonly answer: KeptAnswer) {}

  /** Whether one that was played says all there is to say of this one. */
  isKnown({ exit, result }: Answer): boolean {
    const kept = this.keptOf(exit, result);
    return this.tried.some((one) => one.exit === exit && (one.kept === undefined) === (kept === undefined) && one.read.every((way) => isSame(valueAt(one.kept, way), valueAt(kept, way))));
  }

  /** Notes an answer that was played; it leads to several places where something else tells the calls apart. */
  add({ exit, result }: Answer, led: readonly Led[]): void {
    this.tried.push({ exit, kept: this.keptOf(exit, result), read: this.answer.readBy(led) });
  }

  /** What the flow keeps of an answer; undefined: nothing, as it does not fit. */
  private keptOf(exit: string, result: Json): Json | undefined {
    const { variable } = this.answer;
    return variable === undefined || exit === 'error' ? undefined : admit(variable, result);
  }
}

const isSame = (a: Json | undefined, b: Json | undefined): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
