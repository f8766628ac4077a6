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
interface Link extends Cost {
  readonly to: number;
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
  const heard = spots.flatMap((spot, index) => [...spot.spoken].map(([language, place]) => ({ spot, index, language, place, links: [] as Link[] })));
  const numbers = spots.map(() => new Map<Language, number>());
  heard.forEach(({ index, language }, number) => numbers[index]?.set(language, number));
  for (const { spot, language, place, links } of heard) {
    const wordsMs = speechMs(wordsAt(place.state));
    for (const edge of spot.edges.filter(isStraight)) {
      const to = numbers[edge.to]?.get(edge.speaks ?? language);
      if (to !== undefined) links.push({ to, edge, ...costOf(edge.move, wordsMs, (tries) => longerMs.get(triesName(place, tries)) ?? 0) });
    }
  }
  const begun = [...starts].flatMap(([start, languages]) => [...languages].flatMap((language) => numbers[start]?.get(language) ?? []));
  return { answers: answersFrom(spots, begun, heard), person: personFrom(begun, heard, root) };
}

const isStraight = ({ move, change }: Edge): boolean => change === null && move.kind !== 'unplayable' && move.kind !== 'notRecorded' && move.kind !== 'saysNothing' && !('isFit' in move && !move.isFit) && (move.kind !== 'tries' || move.doing.kind === 'waits');

function costOf(move: Move, wordsMs: number, longerMs: (tries: Extract<Move, { kind: 'tries' }>) => number): Cost {
  const isStep = move.kind === 'key' || move.kind === 'entry';
  if (move.kind === 'tries' && move.doing.kind === 'waits') return { steps: 0, ms: (wordsMs + move.doing.ms) * move.times + longerMs(move) };
  return { steps: isStep ? 1 : 0, ms: wordsMs + (move.kind === 'waits' ? move.ms : move.kind === 'speaks' ? move.seconds * 1_000 : 0) };
}

function answersFrom(spots: readonly Spot[], starts: readonly number[], heard: readonly Heard[]): Distances['answers'] {
  const found = new Map<string, { readonly cost: Cost; readonly from: number; readonly edge: Edge }>();
  // Beyond an answer nobody needs to go for one.
  const costs = spread(starts, heard.map(({ links }) => links.filter(({ edge }) => edge.answer === null)));
  costs.forEach((cost, number) => {
    const from = heard[number];
    for (const { edge, steps, ms } of from?.links ?? []) {
      const { answer } = edge;
      if (answer === null || from === undefined) continue;
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
  const back: Link[][] = heard.map(() => []);
  heard.forEach(({ links }, from) => links.forEach((link) => back[link.to]?.push({ ...link, to: from })));
  const costs = spread(heard.flatMap(({ spot }, number) => (isPerson(spot) || isAnswerDue(spot) || isClosedMessage(spot) ? [number] : [])), back);
  const placed = (numbers: readonly number[]): readonly Distance[] =>
    numbers.flatMap((number) => {
      const [cost, spot] = [costs.get(number), heard[number]?.spot];
      if (cost === undefined || spot === undefined) return [];
      const node = nodeOf(spot.place.state);
      return [distance(cost, node === null ? (spot.through.at(-1) ?? root) : `${spot.place.state.inFlow ?? root}.${node}`)];
    });
  const [shortest] = [...placed(starts)].sort(nearer);
  const longest = [...placed(heard.flatMap(({ place }, number) => (place.state.activity.phase === 'asking' ? [number] : [])))].sort(nearer).at(-1);
  return shortest === undefined ? null : { shortest, longest: longest === undefined || nearer(longest, shortest) < 0 ? shortest : longest };
}

/** Of two as near the one is told whose name comes first, in whatever order they were found. */
const nearer = (a: Distance, b: Distance): number => a.steps - b.steps || a.seconds - b.seconds || Number(a.node > b.node) - Number(a.node < b.node);
const isLess = (a: Cost, b: Cost): boolean => a.steps < b.steps || (a.steps === b.steps && a.ms < b.ms);
const distance = ({ steps, ms }: Cost, node: string): Distance => ({ steps, seconds: Math.round(ms / 100) / 10, node });

/** The least cost to each place: few steps before few seconds. Places are taken up again until nothing gets cheaper. */
function spread(from: readonly number[], links: readonly (readonly Link[])[]): ReadonlyMap<number, Cost> {
  const costs = new Map<number, Cost>(from.map((one) => [one, { steps: 0, ms: 0 }]));
  let open = [...from];
  while (open.length > 0) {
    const next = new Set<number>();
    for (const at of open) {
      const cost = costs.get(at);
      if (cost === undefined) continue;
      for (const link of links[at] ?? []) {
        const whole = { steps: cost.steps + link.steps, ms: cost.ms + link.ms };
        const known = costs.get(link.to);
        if (known !== undefined && !isLess(whole, known)) continue;
        costs.set(link.to, whole);
        next.add(link.to);
      }
    }
    open = [...next];
  }
  return costs;
}
