import type { Flow } from '../../flow/flow-schema.js';
import type { Utterance } from '../../flow/flow-types.js';
import { kindOf } from '../../flow/kinds/kinds.js';
import { flowsOf, type Violation } from './finding.js';
import { splitName } from './judge-ends.js';
import { missingIn } from './judge-values.js';
import { nodeOf, play, wordsAt, type Place } from './moves.js';
import { along, witnessOf, type Graph, type Spot } from './graph.js';

export interface Silence {
  readonly violations: readonly Violation[];
  /** Fillers said, as `Graph.said`. */
  readonly said: ReadonlySet<string>;
}

/** Places where the caller hears nothing: a question without words or timer, a slow back end without a filler, words that are empty. */
export function judgeSilence({ spots, starts, impossible }: Graph, root: Flow): Silence {
  const found = new Map<string, Violation>();
  const tell = (spot: Spot, told: Pick<Violation, 'what' | 'fix'>, witness: () => Violation['witness']): void => {
    const [flow, node] = [spot.place.state.inFlow ?? root.id, nodeOf(spot.place.state) ?? ''];
    if (!found.has(`${flow}.${node} ${told.what}`)) found.set(`${flow}.${node} ${told.what}`, { rule: 'silence', flow, node, ...told, witness: witness() });
  };
  for (const { spot: index, move } of impossible) {
    const spot = spots[index];
    if (spot !== undefined) tell(spot, { what: move.kind === 'noAnswer' ? 'nothing ends the wait for the back end' : 'nothing is said and no timer runs', fix: 'this is a fault of the interpreter, not of the flow: please report it' }, () => witnessOf(spots, index));
  }
  for (const start of starts.keys()) unasked(spots, start, () => witnessOf(spots, start), tell);
  spots.forEach((spot, index) => {
    for (const edge of spot.edges) if (edge.move.kind !== 'listens' && edge.move.kind !== 'unplayable') unasked(spots, edge.to, () => along(spots, index, edge), tell);
    const isBlank = [...spot.spoken.values()].some(({ state }) => hasNoWords(wordsAt(state)));
    if (isBlank) tell(spot, { what: 'what is said here has no words', fix: 'write words into the prompt' }, () => witnessOf(spots, index));
  });
  const said = fillers(spots, root, tell);
  return { violations: [...found.values()], said };
}

const hasNoWords = (words: readonly Utterance[]): boolean => words.length > 0 && words.every(({ text }) => text.trim() === '');

type Tell = (spot: Spot, told: Pick<Violation, 'what' | 'fix'>, witness: () => Violation['witness']) => void;

/** A question that begins in silence right after a key or an answer: the caller does not know that anything is asked. */
function unasked(spots: readonly Spot[], to: number, witness: () => Violation['witness'], tell: Tell): void {
  const spot = spots[to];
  const activity = spot?.place.state.activity;
  if (spot === undefined || activity?.phase !== 'asking' || activity.say !== null) return;
  tell(spot, { what: 'on this way nothing is said before the question, so that the caller waits in silence', fix: 'give the node a `prompt:`, or lead here by way of a say node' }, witness);
}

/** Lets every back end be slow until each filler was said once. */
function fillers(spots: readonly Spot[], root: Flow, tell: Tell): ReadonlySet<string> {
  const said = new Set<string>();
  const seen = new Set<string>();
  spots.forEach((spot, index) => {
    if (spot.place.state.activity.phase !== 'connecting') return;
    for (const place of spot.spoken.values()) beSlow(spot, index, place);
  });
  return said;

  function beSlow(spot: Spot, index: number, waiting: Place): void {
    const { state } = waiting;
    if (state.activity.phase !== 'connecting') return;
    const flow = flowsOf(root).find(({ id }) => id === (state.inFlow ?? root.id)) ?? root;
    const node = flow.nodes.get(state.activity.node);
    const prompts = (node !== undefined && 'filler' in node ? node.filler : undefined) ?? flow.filler;
    const key = `${flow.id}.${state.activity.node} ${state.language}`;
    let place: Place | null = waiting;
    for (const prompt of seen.has(key) ? [] : prompts) {
      place = place === null ? null : play(root, place, { kind: 'slow' });
      if (place !== null) said.add(`${flow.id} ${prompt} ${state.language}`);
      else tell(spot, { what: `a slow back end would be silent: ${missingIn(flow, [prompt], state)?.what ?? `the filler "${prompt}" is not said`}`, fix: 'use a filler that needs no value' }, () => witnessOf(spots, index));
    }
    seen.add(key);
  }
}

/** Prompts of nodes that callers come to, and that some language lacks or no way says. */
export function judgeLanguages({ nodes }: Graph, said: ReadonlySet<string>, root: Flow): { readonly violations: readonly Violation[]; readonly unsaid: readonly { readonly flow: string; readonly node: string; readonly prompt: string }[] } {
  const violations: Violation[] = [];
  const unsaid: { flow: string; node: string; prompt: string }[] = [];
  const seen = new Set<string>();
  for (const name of nodes) {
    const [id, node] = splitName(name, root.id);
    const flow = flowsOf(root).find((one) => one.id === id) ?? root;
    for (const prompt of spokenBy(flow, node)) {
      if (seen.has(`${id} ${prompt}`)) continue;
      seen.add(`${id} ${prompt}`);
      const wanted = flow.prompts.get(prompt)?.offers === undefined ? root.languages : [flow.prompts.get(prompt)?.offers ?? ''];
      const missing = wanted.filter((language) => !said.has(`${id} ${prompt} ${language}`));
      if (missing.length === wanted.length) unsaid.push({ flow: id, node, prompt });
      else if (missing.length > 0) violations.push({ rule: 'languages', flow: id, node, what: `the prompt "${prompt}" is never said in ${missing.join(' and ')}`, fix: 'lead callers of that language here too, or correct the prompt', witness: null });
    }
  }
  return { violations, unsaid };
}

function spokenBy(flow: Flow, id: string): readonly string[] {
  const node = flow.nodes.get(id);
  if (node === undefined) return [];
  const kind = kindOf(node);
  const own = kind.uses(node).flatMap((use) => (use.what === 'prompt' && use.path[0] !== 'receipt' ? [use.id] : []));
  const needsFiller = (kind.role === 'acts' || (kind.role === 'asks' && kind.back !== undefined)) && !('filler' in node && node.filler !== undefined);
  return needsFiller ? [...own, ...flow.filler] : own;
}
