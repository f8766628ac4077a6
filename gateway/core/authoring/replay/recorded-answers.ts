import type { Flow, Variable } from '../../flow/flow-schema.js';
import type { FlowState } from '../../flow/flow-state.js';
import type { Json } from '../../ids.js';
import type { Asked } from '../../recording/recording.js';
import { runningFlow } from '../../recording/visible-result.js';
import type { Answer, CallOrder } from '../virtual-call.js';
import type { StandIns } from './stand-ins.js';

const LOST: Answer = { exit: 'error', afterMs: 'never' };

/**
 * The back ends as a recording knows them. Each recorded answer is given once. What was not recorded is not guessed: `unknown` says then
 * what is missing.
 */
export class RecordedAnswers {
  unknown: string | null = null;
  private readonly used = new Set<Asked>();

  constructor(
    private readonly flow: Flow,
    private readonly asked: readonly Asked[],
    private readonly standIns: StandIns,
  ) {}

  readonly answer = (order: CallOrder, state: FlowState): Answer => {
    const found = this.find(order);
    if (typeof found === 'string') return this.fail(found);
    this.used.add(found);
    if (found.exit === null || found.tookMs === null) return LOST;
    const result = this.resultFor(found, state);
    return result.ok ? { exit: found.exit, result: result.value, afterMs: found.tookMs } : this.fail(result.missing);
  };

  private fail(why: string): Answer {
    this.unknown ??= why;
    return LOST;
  }

  /** The answer to an order: with the same input where there were several; or what is missing. */
  private find({ operation, arguments: given }: CallOrder): Asked | string {
    const all = this.asked.filter(({ call }) => call === operation);
    const left = all.filter((one) => !this.used.has(one));
    if (all.length === 0) return `asks ${operation}, which was not recorded`;
    if (left.length === 0) return `asks ${operation} ${all.length === 1 ? 'twice' : `${all.length + 1} times`}, recorded ${all.length === 1 ? 'once' : `${all.length} times`}`;
    const same = left.find((one) => this.hasInput(one, given));
    if (same !== undefined) return same;
    const [only] = all;
    return all.length === 1 && only !== undefined ? only : `asks ${operation} with other values than were recorded`;
  }

  private hasInput({ with: recorded }: Asked, given: Readonly<Record<string, Json>>): boolean {
    const names = Object.keys(given);
    return names.length === Object.keys(recorded).length && names.every((name) => this.standIns.isSame(Object.hasOwn(recorded, name) ? recorded[name] : undefined, given[name]));
  }

  /** What the node can see of the answer. The recorded flow may have looked at less. */
  private resultFor({ call, exit, result }: Asked, state: FlowState): { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly missing: string } {
    const variable = this.variableOf(state);
    if (variable === null || exit === 'error' || result === null) return { ok: true, value: null };
    const missing = (what: string) => ({ ok: false, missing: `looks at ${what} of ${call}, which was not kept` }) as const;
    if (result === undefined) return missing('the answer');
    if (variable.type !== 'record') return typeof result === 'object' ? missing('the answer') : { ok: true, value: this.standIns.value(result, variable.type) };
    if (typeof result !== 'object' || Array.isArray(result)) return missing('the fields');
    const fields = result as Readonly<Record<string, Json>>;
    const value: Record<string, Json> = {};
    for (const [name, { type }] of Object.entries(variable.fields)) {
      const recorded = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (recorded === undefined) return missing(`"${name}"`);
      value[name] = this.standIns.value(recorded, type);
    }
    return { ok: true, value };
  }

  /** Where the answer goes; null when the node looks at none of it. */
  private variableOf(state: FlowState): Variable | null {
    const flow = runningFlow(this.flow, state);
    const node = state.activity.phase === 'left' ? undefined : flow.nodes.get(state.activity.node);
    const into = node !== undefined && (node.do === 'connector' || node.do === 'identify') ? node.into : undefined;
    return (into === undefined ? undefined : flow.vars.get(into)) ?? null;
  }
}
