import type { Flow } from '../../flow/flow-schema.js';
import type { Witness } from './moves.js';

/** What the prover holds a flow to. */
export const RULES = {
  ends: 'every way ends with the caller served, with a person, with a message left, or told',
  person: 'a person, a message to one, or an honest word that it is closed, can be reached wherever the caller can choose',
  loops: 'a caller who does nothing that fits is not led round without an end',
  values: 'every value is set before it is used',
  languages: 'every prompt is said in every language',
  silence: 'nothing is silent',
} as const;
export type Rule = keyof typeof RULES;

/** A way on which a rule does not hold. */
export interface Violation {
  readonly rule: Rule;
  readonly flow: string;
  readonly node: string;
  readonly what: string;
  readonly fix: string;
  /** The shortest way there. Null where the fault is that no way leads there. */
  readonly witness: Witness | null;
  /** For a circle: what goes round after the witness. */
  readonly round?: Witness['moves'];
}

export interface Warning {
  readonly flow: string;
  readonly node: string | null;
  readonly what: string;
  readonly fix: string;
  /** That no caller comes here: true of the calls that were looked at. Callers of another flow that has the same part may well do. */
  readonly isOfAbsence: boolean;
}

/** The flows of a proof: the root first, then its parts. */
export const flowsOf = (root: Flow): readonly Flow[] => [root, ...root.subflows.values()];
