import type { FlowWitness } from '../../core/flow/turn.js';
import { maskKeys } from '../../core/recording/masking.js';
import type { InCall, RunFact } from './run-fact.js';

/** Keys that counted at one question, as far as they are known. */
interface Entry extends InCall {
  keys: string;
  isSecret: boolean;
}
type Held = RunFact | { readonly entry: Entry };

/**
 * Facts in their order, held back until a line of keys was pressed: keys of one entry are one fact. Keys are told once they count, as only
 * then it is known what they were for; of a secret only how many there were. Those that never count are not told.
 */
export class HeldFacts {
  private held: Held[] = [];
  private open: Entry | null = null;
  /** How many keys have counted. */
  counted = 0;

  constructor(private readonly options: { readonly now: () => number; readonly tell: (fact: RunFact) => void }) {}

  add(fact: RunFact): void {
    this.held.push(fact);
  }

  /** A key that counted outside of any question. */
  addKey(node: string, keys: string): void {
    this.open = null;
    this.held.push({ event: 'keyed', ms: this.options.now(), node, keys });
  }

  /** What the interpreter tells of keys. */
  readonly witness: FlowWitness = {
    arrived: () => undefined,
    silent: () => undefined,
    keyed: (visited, { digit, isFirst, isSecret }) => {
      this.counted++;
      const node = visited.slice(visited.lastIndexOf('/') + 1);
      if (!isFirst && this.open?.node === node) {
        this.open.keys += digit;
        return;
      }
      this.open = { ms: this.options.now(), node, keys: digit, isSecret };
      this.held.push({ entry: this.open });
    },
    ledOut: () => {
      if (this.open !== null) this.open.isSecret = false;
    },
  };

  release(): void {
    const { held } = this;
    this.held = [];
    this.open = null;
    for (const one of held) {
      if (!('entry' in one)) this.options.tell(one);
      else {
        const { ms, node, keys, isSecret } = one.entry;
        this.options.tell({ event: 'keyed', ms, node, keys: isSecret ? maskKeys(keys) : keys });
      }
    }
  }
}
