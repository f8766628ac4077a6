import type { Violation } from './finding.js';
import { isReturn } from './judge-ends.js';
import { nodeOf } from './moves.js';
import { witnessOf, type Edge, type Graph, type Spot } from './graph.js';

/**
 * Whether the caller can get to a person from everywhere. It is a game: the caller chooses the keys, the back end chooses its answers, and
 * the caller must get there whatever it answers, and whether opening hours change meanwhile or not.
 */
export function judgePerson({ spots }: Graph, root: string): readonly Violation[] {
  const reaching = reachingPerson(spots, () => true);
  const asked = spots.flatMap(({ place }, index) => (place.state.activity.phase === 'asking' ? [{ flow: place.state.inFlow ?? root, node: nodeOf(place.state) ?? '', index }] : []));
  const stuck = new Map<string, Stuck>();
  // Where a place after the change shows the fault it is told with that, and not with what may become of a place before.
  const canChange = spots.some(({ edges }) => edges.some(({ change }) => change !== null));
  let unchanged: ReadonlySet<number> | null = null;
  for (const at of asked) {
    if (reaching.has(at.index)) continue;
    unchanged ??= canChange ? reachingPerson(spots, ({ change }) => change === null) : reaching;
    const isByChange = unchanged.has(at.index);
    const before = stuck.get(nameOf(at));
    if (before === undefined || (before.isByChange && !isByChange)) stuck.set(nameOf(at), { ...at, isByChange });
  }
  const fix = 'add a way to a queue, or a key under `anywhere:` that leads there; while closed say so and when it opens';
  const found = [...stuck.values()].map(({ flow, node, index, isByChange }): Violation => ({ rule: 'person', flow, node, what: `from here the caller cannot get to a person${isByChange ? ' once opening hours change' : ''}, whatever they key`, fix, witness: witnessOf(spots, index) }));
  const [first] = found;
  return first === undefined || found.length < new Set(asked.map(nameOf)).size || found.length === 1 ? found : [{ ...first, what: 'nowhere in this flow can the caller get to a person' }];
}

const nameOf = ({ flow, node }: Pick<Stuck, 'flow' | 'node'>): string => `${flow}.${node}`;

interface Stuck {
  readonly flow: string;
  readonly node: string;
  readonly index: number;
  /** Were it not for a change of opening hours the caller would get there. */
  readonly isByChange: boolean;
}

/** Spots from which the caller can get to a person, leave them a message or ask them to call, or get to an honest word that it is closed. */
function reachingPerson(spots: readonly Spot[], isMeant: (edge: Edge) => boolean): ReadonlySet<number> {
  const reaching = new Set(spots.flatMap((spot, index) => (isPerson(spot) || isAnswerDue(spot) || isClosedMessage(spot) || isReturn(spot) ? [index] : [])));
  // One move can lead to several places, as counts of visits are not always remembered: then it must do from each of them.
  const isOn = ({ to }: Edge): boolean => reaching.has(to);
  const isSureOn = ({ move }: Edge, all: readonly Edge[]): boolean => all.every((edge) => edge.move !== move || isOn(edge));
  for (let hasGrown = true; hasGrown; ) {
    hasGrown = false;
    // Later spots lie nearer to the ends, so that most of it is settled in the first round.
    for (let index = spots.length - 1; index >= 0; index--) {
      const spot = spots[index];
      if (spot === undefined || reaching.has(index)) continue;
      const edges = spot.edges.filter((edge) => edge.move.kind !== 'unplayable' && isMeant(edge));
      // Whether a message can be recorded nobody chooses.
      if (edges.some((edge) => edge.move.kind === 'notRecorded' && !isOn(edge))) continue;
      const isReached = spot.place.state.activity.phase === 'connecting' ? edges.length > 0 && edges.every(isOn) : edges.some((edge) => isOn(edge) && isSureOn(edge, edges));
      if (!isReached) continue;
      reaching.add(index);
      hasGrown = true;
    }
  }
  return reaching;
}

/** A queue, a transfer, or whatever else leads on to somebody. */
export const isPerson = ({ place: { state } }: Spot): boolean => state.activity.phase === 'left' && state.activity.exit.kind !== 'hangup' && state.activity.exit.kind !== 'broken';

/** A person will hear the message and answer it, or calls back. */
export const isAnswerDue = ({ place: { state } }: Spot): boolean => state.activity.phase === 'left' && state.activity.exit.kind === 'hangup' && (state.activity.exit.outcome === 'messageLeft' || state.activity.exit.outcome === 'callbackBooked');

/** Ended while closed: told so, and perhaps served before. */
export const isClosedMessage = ({ place: { state } }: Spot): boolean =>
  state.activity.phase === 'left' && state.activity.exit.kind === 'hangup' && state.activity.exit.outcome !== 'failed' && state.hours !== null && state.hours.state !== 'open';
