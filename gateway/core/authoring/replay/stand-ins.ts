import { rightSides } from '../../flow/kinds/branch.js';
import type { Flow, ScalarType } from '../../flow/flow-schema.js';
import type { FlowState } from '../../flow/flow-state.js';
import type { FlowNode, NodeOf } from '../../flow/node-schema.js';
import { resolve } from '../../flow/variables.js';
import type { Json } from '../../ids.js';
import { DOT, isMasked } from '../../recording/masking.js';

/** Digits that stand in for those of a secret, tried in this order: one that leads out of the flow would not be taken for a part of it. */
const DIGITS = '5647382910';

/** Values that stand in for secrets, of which a recording knows no more than the length. */
export class StandIns {
  private readonly made = new Set<Json>();

  /** Keys of a secret entry: as many as there were, none of which leads out. */
  keys(masked: string, { anywhere }: Flow): string {
    const digit = [...DIGITS].find((one) => !anywhere.has(one)) ?? '5';
    const keys = masked.replaceAll(DOT, digit);
    if (keys !== masked) this.made.add(keys.replace(/[*#]/g, ''));
    return keys;
  }

  /** A masked value as one of that type; any other value as it is. */
  value(recorded: Json, type: ScalarType): Json {
    if (!isMasked(recorded)) return recorded;
    const value = valueOf(type, recorded);
    this.made.add(value);
    return value;
  }

  /** Whether a recorded argument is the one that is given now, as far as a masked one can tell: another that happened to equal a secret is masked too. */
  isSame(recorded: Json | undefined, now: Json | undefined): boolean {
    return recorded === now || (isMasked(recorded) && now !== undefined && (this.made.has(now) || String(now).length === recorded.length));
  }

  /** Whether a branch compares a value that only stands in for a secret. */
  decides(node: NodeOf<'branch'>, state: FlowState): boolean {
    if (this.made.size === 0) return false;
    return node.when.some((condition) => {
      const sides = rightSides(condition);
      const isMade = (written: string | number | boolean): boolean => {
        const value = resolve(state, written);
        return value !== undefined && this.made.has(value);
      };
      return sides.length > 0 && (isMade(condition.value) || sides.some(({ right }) => isMade(right)));
    });
  }
}

function valueOf(type: ScalarType, masked: string): Json {
  switch (type) {
    case 'text':
      return masked;
    case 'digits':
      return '5'.repeat(masked.length);
    case 'number':
    case 'amount':
      return 5_550_555;
    case 'date':
      return '2000-02-29';
    case 'time':
      return '05:55';
    case 'boolean':
      return false;
  }
}

/** Whether a question takes an entry that is masked. */
export function takesSecret(flow: Flow, node: FlowNode | undefined): boolean {
  if (node?.do === 'identify') return node.by === 'pin' || node.by === 'code';
  const variable = node?.do === 'collect' ? flow.vars.get(node.into) : undefined;
  return variable !== undefined && variable.type !== 'record' && variable.secret;
}
