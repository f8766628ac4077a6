import type { Language } from '../../flow/flow-types.js';
import { isClosedMessage, isAnswerDue, isPerson } from './judge-person.js';
import { speechMs } from '../speech-length.js';
import { triesName } from './languages.js';
import { nodeOf, wordsAt, type Move, type Place, type Witness } from './moves.js';
import { along, type Edge, type Graph, type Spot } from './graph.js';

/** How far something is: questions answered (a key, or an entry of several), and seconds until then. */
export interface Distance {
  readonly steps: number;
  readonly seconds: number;
  /** `flow.node`: where the answer is, or from where it was measured. */
  readonly node: string;
}

export interface Reach {
  readonly shortest: Distance;
  readonly longest: Distance;
}

export interface Distances {
  /** From the start to the nodes at which callers get what they came for; by the shortest way to each. */
  readonly answers: readonly (Distance & { readonly witness: Witness })[];
  /** To a person, to a message left, or to the word that it is closed: from the start, and from the node that is farthest from one. */
  readonly person: Reach | null;
}

interface Cost {
  readonly steps: number;
  readonly ms: number;
}
interface Leading extends Cost {
  readonly to: number;
}
interface Link extends Leading {
  readonly edge: Edge;
}
/** A spot in one language: words take longer in one than in the other. */
interface Heard {
  readonly spot: Spot;
  readonly index: number;
  readonly place: Place;
  readonly links: Link[];
}

/** Steps and seconds to an answer and to a person. Words count as long as they take to say, back ends as quick, nobody errs, and opening hours stay as they are. */
export function measure({ spots, starts, longerMs }: Graph, root: string): Distances {
  const numbers = spots.map(() => new Map<Language, number>());
  const heard = spots.flatMap((spot, index) => [...spot.spoken].map(([language, place]): Heard & { readonly language: Language } => ({ spot, index, language, place, links: [] })));
  heard.forEach(({ index, language }, number) => numbers[index]?.set(language, number));
  const straight = spots.map(({ edges }) => edges.filter(isStraight));
  for (const { index, language, place, links } of heard) {
    const wordsMs = speechMs(wordsAt(place.state));
    for (const edge of straight[index] ?? []) {
      const to = numbers[edge.to]?.get(edge.speaks ?? language);
      const { move } = edge;
      if (to !== undefined) links.push({ to, edge, steps: stepsOf(move), ms: move.kind === 'tries' ? (wordsMs + silenceMs(move.doing)) * move.times + (longerMs.get(triesName(place, move)) ?? 0) : wordsMs + silenceMs(move) });
    }
  }
  const begun = [...starts].flatMap(([start, languages]) => [...languages].flatMap((language) => numbers[start]?.get(language) ?? []));
  return { answers: answersFrom(spots, begun, heard), person: personFrom(begun, heard, root) };
}

const isStraight = ({ move, change }: Edge): boolean => change === null && move.kind !== 'unplayable' && move.kind !== 'notRecorded' && move.kind !== 'saysNothing' && !('isFit' in move && !move.isFit) && (move.kind !== 'tries' || move.doing.kind === 'waits');

const stepsOf = ({ kind }: Move): number => (kind === 'key' || kind === 'entry' ? 1 : 0);

/** How long nothing is said by the gateway. */
const silenceMs = (move: Move): number => (move.kind === 'waits' ? move.ms : move.kind === 'speaks' ? move.seconds * 1_000 : 0);

function answersFrom(spots: readonly Spot[], starts: readonly number[], heard: readonly Heard[]): Distances['answers'] {
  const found = new Map<string, { readonly cost: Cost; readonly from: number; readonly edge: Edge }>();
  // Beyond an answer nobody needs to go for one.
  const costs = spread(starts, heard.map(({ links }) => links.filter(({ edge }) => edge.answer === null)));
  costs.forEach((cost, number) => {
    const from = heard[number];
    if (cost === undefined || from === undefined) return;
    for (const { edge, steps, ms } of from.links) {
      const { answer } = edge;
      if (answer === null) continue;
      const whole = { steps: cost.steps + steps, ms: cost.ms + ms };
      const known = found.get(answer);
      if (known === undefined || isLess(whole, known.cost)) found.set(answer, { cost: whole, from: from.index, edge });
    }
  });
  return [...found]
    .map(([node, { cost, from, edge }]) => ({ ...distance(cost, node), witness: along(spots, from, edge) }))
    .sort((a, b) => a.steps - b.steps || a.seconds - b.seconds);
}

function personFrom(starts: readonly number[], heard: readonly Heard[], root: string): Reach | null {
  const back: Leading[][] = heard.map(() => []);
  heard.forEach(({ links }, from) => links.forEach(({ to, steps, ms }) => back[to]?.push({ to: from, steps, ms })));
  const costs = spread(heard.flatMap(({ spot }, number) => (isPerson(spot) || isAnswerDue(spot) || isClosedMessage(spot) ? [number] : [])), back);
  const placed = (numbers: readonly number[]): readonly Distance[] =>
    numbers.flatMap((number) => {
      const [cost, spot] = [costs[number], heard[number]?.spot];
      if (cost === undefined || spot === undefined) return [];
      const node = nodeOf(spot.place.state);
      return [distance(cost, node === null ? (spot.through.at(-1) ?? root) : `${spot.place.state.inFlow ?? root}.${node}`)];
    });
  const [shortest] = [...placed(starts)].sort(nearer);
  const longest = [...placed(heard.flatMap(({ place }, number) => (isFirstAsked(place) ? [number] : [])))].sort(nearer).at(-1);
  return shortest === undefined ? null : { shortest, longest: longest === undefined || nearer(longest, shortest) < 0 ? shortest : longest };
}

/** A question that is asked again is the same question: where tries in vain are one move, those places are not looked at. */
const isFirstAsked = ({ state: { activity } }: Place): boolean => activity.phase === 'asking' && activity.noInputs + activity.noMatches === 0;

/** Of two as near the one is told whose name comes first, in whatever order they were found. */
const nearer = (a: Distance, b: Distance): number => a.steps - b.steps || a.seconds - b.seconds || Number(a.node > b.node) - Number(a.node < b.node);
const isLess = (a: Cost, b: Cost): boolean => a.steps < b.steps || (a.steps === b.steps && a.ms < b.ms);
const distance = ({ steps, ms }: Cost, node: string): Distance => ({ steps, seconds: Math.round(ms / 100) / 10, node });

/** The least cost to each place, undefined where none leads: few steps before few seconds. Places are taken up again until nothing gets cheaper. */
function spread(from: readonly number[], links: readonly (readonly Leading[])[]): readonly (Cost | undefined)[] {
  const costs = links.map((): Cost | undefined => undefined);
  for (const one of from) costs[one] = { steps: 0, ms: 0 };
  let open = [...from];
  while (open.length > 0) {
    const next = new Set<number>();
    for (const at of open) {
      const cost = costs[at];
      if (cost === undefined) continue;
      for (const link of links[at] ?? []) {
        const [steps, ms] = [cost.steps + link.steps, cost.ms + link.ms];
        const known = costs[link.to];
        if (known !== undefined && (known.steps < steps || (known.steps === steps && known.ms <= ms))) continue;
        costs[link.to] = { steps, ms };
        next.add(link.to);
      }
    }
    open = [...next];
  }
  return costs;
}
