import type { Flow } from '../flow/flow-schema.js';
import type { FlowState } from '../flow/flow-state.js';
import { repeatsSecret, SHORTEST_WITHIN } from '../flow/repeated-secret.js';
import type { Json } from '../ids.js';
import { own } from '../own.js';
import type { RecordedEnd } from './recording.js';

/** Stands for each digit or letter of a secret: the count is kept, nothing else. */
export const DOT = '•';

const isSecretValue = (value: Json | undefined): value is string | number => typeof value === 'string' || typeof value === 'number';

/** A value of which only the length is known. */
export const isMasked = (value: Json | undefined): value is string => typeof value === 'string' && value !== '' && value.replaceAll(DOT, '') === '';

export const maskKeys = (keys: string): string => keys.replace(/\d/g, DOT);

/** What one call must not tell: whatever was keyed as a secret, and the values of variables and fields that flows declare as secret. */
export class Secrets {
  private readonly values = new Set<string>();

  add(value: Json | undefined): void {
    if (isSecretValue(value) && value !== '') this.values.add(String(value));
  }

  /** Takes in what the secret variables of the flows that run hold now. */
  addFrom(root: Flow, state: FlowState): void {
    const layers = [...state.frames.map(({ flow, vars }) => ({ flow, vars })), { flow: state.inFlow ?? root.id, vars: state.vars }];
    for (const { flow, vars } of layers) {
      const declared = flow === root.id ? root : root.subflows.get(flow);
      for (const { name, field } of declared === undefined ? [] : secretsOf(declared)) {
        const value = own(vars, name);
        this.add(field === null ? value : fieldOf(value, field));
      }
    }
  }

  /** The same with dots for every value that is a secret or repeats one, however deep. */
  mask(value: Json): Json {
    if (this.values.size === 0) return value;
    if (isSecretValue(value)) return repeatsSecret(value, (text) => this.values.has(text)) ? DOT.repeat(String(value).length) : value;
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((one: Json) => this.mask(one));
    return this.maskAll(value as Readonly<Record<string, Json>>);
  }

  /** An end without the secrets that its target and its needs were made of. */
  maskEnd(end: RecordedEnd): RecordedEnd {
    if (end.kind === 'transfer') return { ...end, target: this.maskWithin(end.target) };
    return end.kind === 'queue' ? { ...end, needs: end.needs.map((need) => ({ ...need, skill: this.maskWithin(need.skill) })) } : end;
  }

  private maskWithin(text: string): string {
    const within = [...this.values].filter((value) => value === text || value.length >= SHORTEST_WITHIN).sort((a, b) => b.length - a.length);
    return within.reduce((masked, value) => masked.replaceAll(value, DOT.repeat(value.length)), text);
  }

  maskAll(values: Readonly<Record<string, Json>>): Record<string, Json> {
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, this.mask(value)]));
  }
}

interface SecretName {
  readonly name: string;
  /** Of a record; null for a whole variable. */
  readonly field: string | null;
}

const known = new WeakMap<Flow, readonly SecretName[]>();

function secretsOf(flow: Flow): readonly SecretName[] {
  const found = known.get(flow);
  if (found !== undefined) return found;
  const secrets = [...flow.vars].flatMap(([name, variable]): SecretName[] => {
    if (variable.type !== 'record') return variable.secret ? [{ name, field: null }] : [];
    return Object.entries(variable.fields).flatMap(([field, { secret }]) => (secret ? [{ name, field }] : []));
  });
  known.set(flow, secrets);
  return secrets;
}

const fieldOf = (value: Json | undefined, field: string): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, field) ? (value as Readonly<Record<string, Json>>)[field] : undefined;
