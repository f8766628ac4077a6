import type { Flow } from '../../flow/flow-schema.js';
import type { Language } from '../../flow/flow-types.js';
import { speechMs } from '../speech-length.js';
import type { Alike } from './alike.js';
import type { Edge, Spot } from './graph.js';
import { begin, nodeOf, play, wordsAt, type Move, type Place } from './moves.js';
import { asOf, type FoundSpot } from './search.js';
import type { Start } from './starts.js';

/** A place of a call whose languages are being found out. */
export interface Speaking extends Pick<Spot, 'place'> {
  readonly spoken: Map<Language, Place>;
  readonly found: FoundSpot;
  readonly edges: readonly (Edge & { readonly alike: Alike })[];
}

/**
 * In which languages calls come to each place, and what they hear there. Where the language makes no difference the search plays one of
 * them; the words of the others are those of the same move, played in their language.
 */
export class Languages {
  /** Prompts said: `flow prompt language`. */
  readonly said = new Set<string>();
  private readonly places = new Map<FoundSpot, Map<Language, Place>>();
  /** By `triesName`: how much longer the words get in all when they are said again, in ms. */
  readonly longerMs = new Map<string, number>();
  private readonly open: { readonly at: Speaking; readonly language: Language }[] = [];

  constructor(private readonly flow: Flow) {}

  /** A call begins here. Returns the language that it begins in. */
  begin(at: Speaking, { call }: Start): Language {
    const place = begin(this.flow, call);
    if (!at.spoken.has(place.state.language)) this.come(at, place.state.language, () => place);
    return place.state.language;
  }

  /** Follows each language as far as it is spoken. */
  spread(spots: readonly Speaking[]): void {
    for (let next = this.open.pop(); next !== undefined; next = this.open.pop()) {
      const { at, language } = next;
      for (const { move, to, speaks, alike } of at.edges) {
        const there = spots[to];
        if (there === undefined) continue;
        const isNew = !there.spoken.has(speaks ?? language);
        if (!isNew && move.kind !== 'tries') continue;
        const from = (): Place => asOf(alike.played, { place: inLanguage(at.place, language), alike: at.found.alike });
        if (move.kind === 'tries') this.hearTries(from, move, at.spoken.get(language) ?? at.place);
        if (isNew) this.come(there, speaks ?? language, () => play(this.flow, from(), move));
      }
    }
  }

  private come(at: Speaking, language: Language, played: () => Place | null): void {
    at.spoken.set(language, this.placeOf(at.found, language, played));
    this.open.push({ at, language });
  }

  private placeOf(found: FoundSpot, language: Language, played: () => Place | null): Place {
    const { state } = found.place;
    if (state.language === language || state.activity.phase === 'left') return this.heard(found.place);
    const places = this.places.get(found) ?? new Map<Language, Place>();
    this.places.set(found, places);
    const place = places.get(language) ?? this.heard(played() ?? found.place);
    places.set(language, place);
    return place;
  }

  private heard(place: Place): Place {
    for (const { promptId, language } of wordsAt(place.state)) this.said.add(`${place.state.inFlow ?? this.flow.id} ${promptId} ${language}`);
    return place;
  }

  /** Tries in vain are one move. What is said before each is heard once in each language. */
  private hearTries(from: () => Place, tries: Tries, first: Place): void {
    const name = triesName(first, tries);
    if (this.longerMs.has(name)) return;
    const onceMs = speechMs(wordsAt(first.state));
    let longerMs = 0;
    let place: Place | null = from();
    for (let time = 1; time < tries.times && place !== null; time++) {
      place = play(this.flow, place, tries.doing);
      if (place !== null) longerMs += speechMs(wordsAt(this.heard(place).state)) - onceMs;
    }
    this.longerMs.set(name, longerMs);
  }
}

/** The place as the search met it: what else a call of that language came by may be counted otherwise there, and lead elsewhere. */
const inLanguage = ({ state, at }: Place, language: Language): Place => ({ state: state.language === language ? state : { ...state, language }, at });

type Tries = Extract<Move, { kind: 'tries' }>;

/** A question that is asked again so often, in a language, and why. */
export function triesName({ state }: Place, { doing, times }: Tries): string {
  const node = nodeOf(state) ?? '';
  return `${state.inFlow ?? ''}.${node} ${state.progress[node] ?? 0} ${doing.kind} ${times} ${state.language}`;
}
