import type { WrittenValue } from '../../flow/fields.js';
import type { Flow, ScalarType } from '../../flow/flow-schema.js';
import { rightSides } from '../../flow/kinds/branch.js';
import type { Condition } from '../../flow/node-schema.js';
import { isOfType } from '../../flow/variables.js';
import type { Json } from '../../ids.js';

/** Values that can meet in a comparison: by a condition, or because one is copied into the other. */
interface Pool {
  /** Written somewhere in the flow as what a value of the pool is set to or compared with. */
  readonly constants: Set<string | number | boolean>;
  /** Lengths that the caller can key. */
  readonly lengths: { readonly min: number; readonly max: number }[];
  isCompared: boolean;
  /** Two values of the pool are compared with each other, so that both "equal" and "different" must occur. */
  isMutual: boolean;
  isCurrency: boolean;
  /** Compared by size, or with what the call brings along: values are not interchangeable then. */
  isOrdered: boolean;
}

/** Values of which any may stand for another, but for those that the flow names. */
export interface Interchangeable {
  readonly constants: ReadonlySet<Json>;
}

/** A postcode where the incidents are that name an area. */
export const WRONG_AREA = '7213';

const DAY_MS = 86_400_000;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Which values of a variable make a difference. Whatever a flow does with a value that it got from a caller or a back end is compare it
 * (with what is written in the flow, or with another value) or say it; so one value for each outcome of the comparisons stands for all.
 */
export class Pools {
  private readonly parents = new Map<string, string>();
  private readonly pools = new Map<string, Pool>();
  private readonly freeDigits: readonly string[];

  constructor(flows: readonly Flow[]) {
    const taken = new Set(flows.flatMap((flow) => [...flow.anywhere.keys()]));
    const free = [...'123456789'].filter((digit) => !taken.has(digit));
    this.freeDigits = free.length === 0 ? ['1'] : free;
    for (const flow of flows) this.read(flow);
  }

  isCompared(flow: string, path: string): boolean {
    const { isCompared } = this.at(flow, path);
    return isCompared;
  }

  /**
   * For values that are only asked whether they are the same: their pool. Two states that differ in nothing but which of such values is
   * which go the same ways. A value that the flow names is not meant.
   */
  interchangeable(flow: string, path: string): Interchangeable | null {
    const pool = this.at(flow, path);
    return pool.isMutual && !pool.isOrdered ? pool : null;
  }

  /** The values of this type that make a difference, one for each. */
  valuesOf(flow: string, path: string, type: ScalarType): readonly Json[] {
    const pool = this.at(flow, path);
    if (type === 'boolean') return pool.isCompared ? [true, false] : [true];
    const written = pool.isCompared ? [...pool.constants].filter((one) => isOfType(type, one)) : [];
    return [...written, ...this.others(pool, type)];
  }

  /** What is written for a value, whatever its type. */
  constantsOf(flow: string, path: string): readonly (string | number | boolean)[] {
    return [...this.at(flow, path).constants];
  }

  /** Entries that a caller could key for a variable. */
  entriesFor(flow: string, path: string | null, { min, max }: { readonly min: number; readonly max: number }): readonly string[] {
    const known = path === null ? [] : this.valuesOf(flow, path, 'digits').filter((one): one is string => typeof one === 'string' && one.length >= min && one.length <= max);
    return known.length > 0 ? known : [this.digits(0, min)];
  }

  private others(pool: Pool, type: ScalarType): readonly Json[] {
    const wanted = pool.isMutual ? 2 : 1;
    const found: Json[] = [];
    for (let n = 0; found.length < wanted; n++) {
      const value = this.other(pool, type, n);
      if (!pool.constants.has(value as string)) found.push(value);
    }
    return found;
  }

  private other(pool: Pool, type: ScalarType, n: number): Json {
    const least = Math.max(1, ...pool.lengths.map(({ min }) => min));
    const most = Math.min(40, ...pool.lengths.map(({ max }) => max));
    switch (type) {
      case 'digits':
        return this.digits(n, Math.min(Math.max(4, least), Math.max(least, most)));
      case 'text':
        if (pool.isCurrency) return ['SEK', 'NOK', 'EUR', 'GBP'][n] ?? `X${String.fromCharCode(65 + (n % 26))}X`;
        return pool.isMutual ? this.other(pool, 'digits', n) : `other${n === 0 ? '' : n}`;
      case 'number':
      case 'amount':
        return 1_001 + n;
      case 'date':
        return new Date(Date.UTC(2026, 11, 15 + n)).toISOString().slice(0, 10);
      case 'time':
        return `${String(8 + (n % 16)).padStart(2, '0')}:30`;
      case 'boolean':
        return true;
    }
  }

  private digits(n: number, length: number): string {
    const digit = this.freeDigits[n % this.freeDigits.length] ?? '1';
    return n < this.freeDigits.length ? digit.repeat(length) : (digit + String(n).padStart(length - 1, digit)).slice(0, Math.max(length, 1));
  }

  private read(flow: Flow): void {
    for (const [name, variable] of flow.vars) if (variable.type !== 'record' && variable.initial !== undefined) this.copy(flow, name, variable.initial);
    for (const prompt of flow.prompts.values()) for (const text of [prompt.sv, prompt.nb, prompt.en]) this.readCurrencies(flow, text ?? '');
    for (const node of flow.nodes.values()) {
      if (node.do === 'branch') for (const condition of node.when) this.compare(flow, condition);
      if (node.do === 'set') for (const [name, written] of Object.entries(node.values)) this.copy(flow, name, written);
      if (node.do === 'collect') this.at(flow.id, node.into).lengths.push({ min: node.min, max: node.max });
      if (node.do === 'language' && node.from !== undefined) this.spoken(flow, node.from.slice(1));
      if (node.do === 'subflow') this.readPart(flow, node);
      if (node.do === 'incident' && node.area !== undefined) this.near(flow, node.area.slice(1));
    }
  }

  private readCurrencies(flow: Flow, text: string): void {
    for (const [, path = ''] of text.matchAll(/\|\s*amount\s*:\s*([a-z][A-Za-z0-9.]*)/g)) this.at(flow.id, path).isCurrency = true;
  }

  private readPart(flow: Flow, node: { readonly flow: string; readonly with: Readonly<Record<string, WrittenValue>>; readonly into: Readonly<Record<string, string>> }): void {
    const part = flow.subflows.get(node.flow);
    if (part === undefined) return;
    for (const [name, written] of Object.entries(node.with)) {
      if (isReference(written)) this.unite([part, name], [flow, written.slice(1)]);
      else this.at(part.id, name).constants.add(constant(written));
    }
    for (const [own, theirs] of Object.entries(node.into)) this.unite([flow, own], [part, theirs]);
  }

  /** Where something is wrong, and elsewhere. */
  private near(flow: Flow, path: string): void {
    const pool = this.at(flow.id, path);
    pool.isCompared = true;
    pool.constants.add(WRONG_AREA);
  }

  private spoken(flow: Flow, path: string): void {
    const pool = this.at(flow.id, path);
    pool.isCompared = true;
    for (const language of flow.languages) pool.constants.add(language);
  }

  private copy(flow: Flow, name: string, written: WrittenValue): void {
    if (isReference(written)) this.unite([flow, name], [flow, written.slice(1)]);
    else this.at(flow.id, name).constants.add(constant(written));
  }

  private compare(flow: Flow, condition: Condition): void {
    const path = condition.value.slice(1);
    for (const { name, right } of rightSides(condition)) {
      const isBesideReference = isReference(right);
      if (isBesideReference) this.unite([flow, path], [flow, right.slice(1)]);
      const pool = this.at(flow.id, path);
      pool.isCompared = true;
      if (isBesideReference) {
        pool.isMutual = true;
        pool.isOrdered ||= name !== 'is' && name !== 'isNot' && name !== 'in';
      } else for (const value of name === 'startsWith' ? beginningWith(constant(right)) : name === 'is' || name === 'isNot' || name === 'in' ? [constant(right)] : around(constant(right))) pool.constants.add(value);
    }
  }

  private unite([oneFlow, one]: readonly [Flow, string], [otherFlow, other]: readonly [Flow, string]): void {
    const record = otherFlow.vars.get(other);
    if (record?.type === 'record') for (const field of Object.keys(record.fields)) this.join(keyOf(oneFlow.id, `${one}.${field}`), keyOf(otherFlow.id, `${other}.${field}`));
    this.join(keyOf(oneFlow.id, one), keyOf(otherFlow.id, other));
  }

  private join(one: string, other: string): void {
    const [a, b] = [this.root(one), this.root(other)];
    if (a === b) return;
    const [kept, merged] = [this.pool(a), this.pool(b)];
    for (const value of merged.constants) kept.constants.add(value);
    kept.lengths.push(...merged.lengths);
    kept.isCompared ||= merged.isCompared;
    kept.isMutual ||= merged.isMutual;
    kept.isCurrency ||= merged.isCurrency;
    kept.isOrdered ||= merged.isOrdered;
    this.parents.set(b, a);
    this.pools.delete(b);
  }

  private root(key: string): string {
    const parent = this.parents.get(key);
    return parent === undefined ? key : this.root(parent);
  }

  private at(flow: string, path: string): Pool {
    return this.pool(this.root(keyOf(flow, path)));
  }

  private pool(root: string): Pool {
    const known = this.pools.get(root);
    if (known !== undefined) return known;
    const made: Pool = { constants: new Set(), lengths: [], isCompared: false, isMutual: false, isCurrency: false, isOrdered: root.startsWith('call.') };
    this.pools.set(root, made);
    return made;
  }
}

/** The call's own values are the same in all flows of a run. */
const keyOf = (flow: string, path: string): string => (path.startsWith('call.') ? path : `${flow}:${path}`);

const isReference = (written: WrittenValue): written is string => typeof written === 'string' && written.startsWith('$') && !written.startsWith('$$');
const constant = (written: WrittenValue): WrittenValue => (typeof written === 'string' && written.startsWith('$$') ? written.slice(1) : written);

/** A value that an order compares with, and its neighbours on both sides. */
function around(value: WrittenValue): readonly WrittenValue[] {
  if (typeof value === 'number') return [value - 1, value, value + 1];
  if (typeof value === 'string' && ISO_DATE.test(value)) return [-1, 0, 1].map((days) => new Date(Date.parse(value) + days * DAY_MS).toISOString().slice(0, 10));
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return [value, Number(value) - 1, Number(value), Number(value) + 1, String(Number(value) - 1), String(Number(value) + 1)];
  return [value];
}

const beginningWith = (value: WrittenValue): readonly WrittenValue[] => [value, `${String(value)}7`, `${String(value)}x`];
