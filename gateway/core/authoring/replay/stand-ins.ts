import { rightSides } from '../../flow/kinds/branch.js';
import type { Flow, ScalarType } from '../../flow/flow-schema.js';
import type { Turn } from '../../flow/turn.js';
import type { Condition, FlowNode, NodeOf } from '../../flow/node-schema.js';
import { holds, resolve } from '../../flow/variables.js';
import type { Json } from '../../ids.js';
import { DOT, isMasked, Secrets } from '../../recording/masking.js';
import type { RecordedEnd } from '../../recording/recording.js';

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

  /** An end as it would be recorded. */
  masked(end: RecordedEnd): RecordedEnd {
    const secrets = new Secrets();
    for (const value of this.made) secrets.add(value);
    return secrets.maskEnd(end);
  }

  /** Values that a call begins with, those that are masked as stand-ins of their type. */
  values(recorded: Readonly<Record<string, Json>>, { vars }: Flow): Readonly<Record<string, Json>> {
    return Object.fromEntries(Object.entries(recorded).map(([name, value]) => {
      const variable = vars.get(name);
      return [name, variable === undefined || variable.type === 'record' ? value : this.value(value, variable.type)];
    }));
  }

  /** Whether a node goes by a value that only stands in for a secret. */
  decides(node: FlowNode, state: State): boolean {
    if (this.made.size === 0) return false;
    if (node.do === 'incident') return node.area !== undefined && this.isMade(state, node.area);
    if (node.do !== 'branch') return false;
    for (const condition of node.when) {
      if (this.secretsIn(condition, state).length > 0) return true;
      // What follows is not looked at.
      if (holds(state, condition)) return false;
    }
    return false;
  }

  /**
   * Gives a secret another stand-in, with which a branch leads where it did in the recorded call.
   * @returns false where none was found: nothing is changed then
   */
  leadTo(to: string, node: NodeOf<'branch'>, state: State): boolean {
    for (const secret of new Set(node.when.flatMap((condition) => this.secretsIn(condition, state)))) {
      for (const value of candidates(secret, node, state)) {
        const vars = replaced(state.vars, secret, value);
        if ((node.when.find((condition) => holds({ ...state, vars }, condition))?.next ?? node.else) !== to) continue;
        state.vars = vars;
        state.frames = state.frames.map((frame) => ({ ...frame, vars: replaced(frame.vars, secret, value) }));
        this.made.add(value);
        return true;
      }
    }
    return false;
  }

  /** The stand-ins that a condition compares. */
  private secretsIn(condition: Condition, state: State): readonly Json[] {
    const sides = rightSides(condition);
    return sides.length === 0 ? [] : [condition.value, ...sides.map(({ right }) => right)].flatMap((written) => (this.isMade(state, written) ? [resolve(state, written) ?? null] : []));
  }

  private isMade(state: State, written: string | number | boolean): boolean {
    const value = resolve(state, written);
    return value !== undefined && this.made.has(value);
  }
}

type State = Turn['state'];

/** What a secret may have been: itself a stand-in, what it is compared with, and something else of its length. */
function candidates(secret: Json, node: NodeOf<'branch'>, state: State): readonly Json[] {
  const compared = node.when.flatMap((condition) => rightSides(condition).flatMap(({ right }) => [resolve(state, condition.value), resolve(state, right)])).filter((one) => one !== undefined);
  if (typeof secret !== 'string') return [secret, ...compared.filter((one) => typeof one === typeof secret)];
  const texts = compared.filter((one) => typeof one === 'string').map((one) => one.padEnd(secret.length, secret.slice(0, 1)));
  return [secret, ...texts, ...[...DIGITS].map((digit) => digit.repeat(secret.length))].filter((one) => one.length === secret.length);
}

/** The same values with another in place of one, however deep in a record. */
function replaced(vars: Readonly<Record<string, Json>>, from: Json, to: Json): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, value === from ? to : typeof value === 'object' && value !== null && !Array.isArray(value) ? replaced(value as Readonly<Record<string, Json>>, from, to) : value]));
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
