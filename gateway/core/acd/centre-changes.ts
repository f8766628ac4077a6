import { z } from 'zod';
import { loadYaml } from '../flow/load.js';
import { own } from '../own.js';

type Tree = Readonly<Record<string, unknown>>;

/** What an entry of a section is called. Sections without a word speak for themselves. */
const SUBJECTS: Readonly<Record<string, string>> = { numbers: 'number', hours: 'hours', skills: 'skill', channels: 'channel', queues: 'queue', agents: 'agent', dispositions: 'disposition', trunks: 'trunk' };
/** Longer values are not written out. */
const MOST_CHARACTERS = 80;
const MOST_CHANGES = 250;

/**
 * What differs between two versions of the contact centre's file, in words for a supervisor: `agent anna: billing 3 → 5`, `queue billing:
 * overflow added`. In the order of the file. Values are those of the file, which holds no secret.
 */
export function centreChanges(before: string, after: string): readonly string[] {
  const [old, now] = [treeOf(before), treeOf(after)];
  const changes = keysOf(old, now).flatMap((section) => sectionChanges(section, own(old, section), own(now, section)));
  if (changes.length === 0) return before === after ? [] : ['only comments, order or layout'];
  return changes.length <= MOST_CHANGES ? changes : [...changes.slice(0, MOST_CHANGES), `and ${changes.length - MOST_CHANGES} more`];
}

function sectionChanges(section: string, old: unknown, now: unknown): readonly string[] {
  const subject = own(SUBJECTS, section);
  if (subject === undefined || (!isTree(old) && !isTree(now))) return valueChanges({ old, now, path: [section] }).map((change) => change.trim());
  const [before, after] = [isTree(old) ? old : {}, isTree(now) ? now : {}];
  const reordered = section === 'agents' && sameMembers(before, after) && Object.keys(before).join() !== Object.keys(after).join() ? ['agents: another order'] : [];
  return [...reordered, ...keysOf(before, after).flatMap((name) => entryChanges(`${subject} ${name}`, own(before, name), own(after, name)))];
}

function entryChanges(subject: string, old: unknown, now: unknown): readonly string[] {
  if (isTree(old) && isTree(now)) return valueChanges({ old, now, path: [] }).map((change) => `${subject}: ${change}`);
  if (old === undefined) return [`${subject} added${inBrackets(now)}`];
  if (now === undefined) return [`${subject} removed`];
  return valueChanges({ old, now, path: [] }).map((change) => `${subject}: ${change}`);
}

function valueChanges({ old, now, path }: { readonly old: unknown; readonly now: unknown; readonly path: readonly string[] }): readonly string[] {
  if (written(old) === written(now)) return [];
  if (isTree(old) && isTree(now)) return keysOf(old, now).flatMap((key) => valueChanges({ old: own(old, key), now: own(now, key), path: [...path, key] }));
  // An agent's skills stand for themselves.
  const name = (path[0] === 'skills' ? path.slice(1) : path).join(' ') || path.join(' ');
  const words = (value: unknown): string => (written(value).length <= MOST_CHARACTERS ? ` ${written(value)}` : '');
  if (old === undefined) return [`${name}${words(now)} added`];
  if (now === undefined) return [`${name}${words(old)} removed`];
  const both = words(old) !== '' && words(now) !== '' ? `${words(old)} →${words(now)}` : ' changed';
  return [`${name}${both}`.trim()];
}

/** As flow YAML would have it, for people. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (isTree(value)) return Object.keys(value).length === 0 ? '{}' : `{ ${Object.entries(value).map(([key, inner]) => `${key}: ${written(inner)}`).join(', ')} }`;
  return String(value);
}

const inBrackets = (value: unknown): string => (written(value).length <= MOST_CHARACTERS ? ` (${written(value)})` : '');

function treeOf(text: string): Tree {
  const loaded = loadYaml(text, '', z.record(z.string(), z.unknown()));
  return loaded.ok ? loaded.value.value : {};
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);
const keysOf = (old: Tree, now: Tree): readonly string[] => [...new Set([...Object.keys(old), ...Object.keys(now)])];
const sameMembers = (one: Tree, other: Tree): boolean => Object.keys(one).sort().join() === Object.keys(other).sort().join();
