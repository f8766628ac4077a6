import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallState } from '../../../gateway/core/call/call-state.js';
import { reduceCall } from '../../../gateway/core/call/reduce-call.js';
import type { CallEvent } from '../../../gateway/core/call/call-events.js';
import { brand, type LegId, type OfferId } from '../../../gateway/core/ids.js';
import { address, ANNA, at, BO, CALLER, type CallStory, QUEUE, rulesFor, type Fact } from './call-story.js';

const RUNS = process.env['VAXEL_LONG'] === '1' ? 20_000 : 1_500;

/** A fact drawn by numbers: `pick` chooses among what the call has named so far, so late and repeated facts are common. */
type Draw = (story: CallStory, pick: number) => Fact;

const LEGS: readonly LegId[] = [CALLER, ...[1, 2, 3].map((n) => brand<LegId>(`call-1-a${n}`)), brand<LegId>('call-1-t1')];
const OFFERS = [1, 2, 3, 4].map((n) => brand<OfferId>(`offer-${n}`));
const among = <T>(items: readonly T[], pick: number): T => items[pick % items.length] as T;
const agent = (pick: number) => (pick % 5 === 0 ? BO : ANNA);

/** Names that orders of this kind carried, newest last. */
function named(story: CallStory, key: 'sayId' | 'timer' | 'requestId', pick: number): string {
  const all = story.orders.flatMap((order) => (key in order ? [(order as unknown as Record<string, string>)[key] ?? ''] : []));
  return all.length === 0 ? 'none' : (all[all.length - 1 - (pick % Math.min(4, all.length))] ?? 'none');
}

const offer = (story: CallStory, pick: number): OfferId => {
  const { activity } = story.state;
  return activity.phase === 'waiting' && activity.offer !== null && pick % 4 !== 0 ? activity.offer.offerId : among(OFFERS, pick);
};
const leg = (story: CallStory, pick: number): LegId => (story.state.agentLeg !== null && pick % 3 !== 0 ? story.state.agentLeg.legId : among(LEGS, pick));

const DRAWS: readonly Draw[] = [
  () => ({ type: 'leg.answered', legId: CALLER, address }),
  (story, pick) => ({ type: 'leg.answered', legId: leg(story, pick), address }),
  (story, pick) => ({ type: 'leg.failed', legId: leg(story, pick), code: among(['VG_BUSY', 'VG_DECLINED', 'VG_NO_ANSWER', 'VG_MEDIA', 'VG_LEG_GONE'] as const, pick) }),
  (story, pick) => ({ type: 'leg.hungUp', legId: leg(story, pick), by: pick % 2 === 0 ? 'peer' : 'system', cause: 'any' }),
  (story, pick) => ({ type: 'leg.held', legId: leg(story, pick), isHeld: pick % 2 === 0 }),
  (_story, pick) => ({ type: 'digit.pressed', legId: CALLER, digit: among(['0', '1', '2', '3', '*'], pick) }),
  () => ({ type: 'digit.pressed', legId: CALLER, digit: '0' }),
  (story, pick) => ({ type: 'say.ended', sayId: named(story, 'sayId', pick), isWhole: pick % 2 === 0 }),
  (story, pick) => ({ type: 'say.failed', sayId: named(story, 'sayId', pick) }),
  (story, pick) => ({ type: 'timer.fired', timer: named(story, 'timer', pick) }),
  (story, pick) => ({ type: 'connector.returned', requestId: named(story, 'requestId', pick), exit: pick % 2 === 0 ? 'ok' : 'error', result: null }),
  () => ({ type: 'queue.failed', code: 'VG_STORE' }),
  (_story, pick) => ({ type: 'queue.placed', position: pick % 4 === 0 ? null : pick % 9, wait: null }),
  (_story, pick) => ({ type: 'offer.made', offerId: among(OFFERS, pick), agentId: agent(pick), queue: QUEUE, expiresAt: 0 }),
  (story, pick) => ({ type: 'offer.lost', offerId: offer(story, pick), why: 'expired' }),
  (story, pick) => ({ type: 'offer.shown', offerId: offer(story, pick), isAcknowledged: true }),
  (story, pick) => ({ type: 'offer.accepted', offerId: offer(story, pick), waitMs: pick }),
  (story, pick) => ({ type: 'offer.refused', offerId: offer(story, pick), code: pick % 2 === 0 ? 'VG_OFFER_LOST' : 'VG_STORE' }),
  (story, pick) => ({ type: 'agent.accepted', agentId: agent(pick), offerId: offer(story, pick) }),
  (story, pick) => ({ type: 'agent.declined', agentId: agent(pick), offerId: offer(story, pick) }),
  (_story, pick) => ({ type: 'agent.hungUp', agentId: agent(pick) }),
  (_story, pick) => ({ type: 'agent.filed', agentId: agent(pick), disposition: 'other', note: '' }),
  () => ({ type: 'bridge.made' }),
  () => ({ type: 'bridge.failed', code: 'VG_MEDIA' }),
  (_story, pick) => ({ type: 'wrapUp.over', agentId: agent(pick) }),
  () => ({ type: 'store.returned' }),
  () => ({ type: 'centre.changed' }),
  () => ({ type: 'call.recovered' }),
];

interface Script {
  readonly from: keyof typeof at;
  readonly draws: readonly (readonly [number, number])[];
}

/** Begins anywhere; facts on the way to a person are drawn more often, so that the deep phases are reached again and again. */
const script: fc.Arbitrary<Script> = fc.record({
  from: fc.constantFrom(...(Object.keys(at) as (keyof typeof at)[])),
  draws: fc.array(fc.tuple(fc.oneof({ weight: 2, arbitrary: fc.nat(DRAWS.length - 1) }, { weight: 3, arbitrary: fc.constantFrom(0, 1, 6, 7, 13, 15, 16, 18, 22) }), fc.nat(999)), { maxLength: 40 }),
});

function play({ from, draws }: Script, check: (story: CallStory, event: CallEvent, before: CallState) => void): CallStory {
  const story = at[from](rulesFor({ answerMode: () => (draws.length % 2 === 0 ? 'phone' : 'screen') }));
  check(story, { type: 'leg.held', at: story.now, legId: CALLER, isHeld: false }, story.state);
  for (const [index, pick] of draws) {
    const fact = among(DRAWS, index)(story, pick);
    const before = story.state;
    story.tell(fact);
    check(story, { at: story.now, ...fact } as CallEvent, before);
  }
  return story;
}

/** Agents' legs that a call has asked for and that nobody has ended yet, by the orders and facts alone. */
class Phones {
  readonly open = new Set<string>();

  see(story: CallStory, event: CallEvent, before: CallState): void {
    if ((event.type === 'leg.failed' || event.type === 'leg.hungUp') && event.legId !== CALLER) this.open.delete(event.legId);
    // A ring of a dead process cannot be stopped any more: the phone's own time-out ends it.
    if (event.type === 'call.recovered') this.open.clear();
    for (const order of story.state === before ? story.orders : story.last) {
      if (order.type === 'leg.prepareDial' || order.type === 'leg.dial' || order.type === 'leg.dialOut') this.open.add(order.legId);
      if (order.type === 'leg.cancelDial' || order.type === 'leg.hangUp') this.open.delete(order.legId);
    }
  }
}

describe('any order of facts', () => {
  it('is folded without a throw, the same from a snapshot, and orders nothing once the call has ended', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(script, (one) => {
        play(one, (story, event, before) => {
          if (story.state === before) return;
          const again = reduceCall(story.rules, JSON.parse(JSON.stringify(before)) as CallState, event);
          expect(again).toEqual({ state: story.state, effects: story.last });
          expect(JSON.parse(JSON.stringify(again))).toEqual(again);
          expect(story.state.version).toBe(before.version + 1);
          if (before.activity.phase === 'ended') expect([story.phase, ...story.types]).toEqual(['ended']);
          reached.add(story.phase);
        });
      }),
      { numRuns: RUNS },
    );
    expect([...reached].sort()).toEqual(['answering', 'closing', 'conversation', 'ended', 'flow', 'transferred', 'transferring', 'waiting', 'wrapUp']);
  });

  it('leaves no phone ringing or talking that the call does not know of', () => {
    fc.assert(
      fc.property(script, (one) => {
        const phones = new Phones();
        play(one, (story, event, before) => {
          phones.see(story, event, before);
          const known = story.state.agentLeg;
          expect([...phones.open].filter((legId) => legId !== known?.legId || known.phase === 'gone')).toEqual([]);
        });
      }),
      { numRuns: RUNS },
    );
  });

  it('ends a call with one thread entry and one order to forget it', () => {
    fc.assert(
      fc.property(script, (one) => {
        const story = play(one, () => undefined);
        const count = (type: string) => story.orders.filter((order) => order.type === type).length;
        const isOver = story.phase === 'ended';
        expect(count('call.forget')).toBe(isOver ? 1 : 0);
        // Who takes over a call in wrap-up orders its entry again; the entry's id makes that harmless.
        const isFiled = isOver || story.phase === 'wrapUp';
        const repeats = one.draws.length;
        expect(count('thread.append')).toBeGreaterThanOrEqual(isFiled ? 1 : 0);
        expect(count('thread.append')).toBeLessThanOrEqual(isFiled ? 1 + repeats : 0);
      }),
      { numRuns: RUNS },
    );
  });

  it('tells a screen the end of each offer before it shows it another', () => {
    fc.assert(
      fc.property(script, (one) => {
        const open = new Map<string, string>();
        play(one, (story, event, before) => {
          // The screen belongs to another process now, which is shown the present state from the start.
          if (event.type === 'call.recovered') open.clear();
          for (const order of story.state === before ? story.orders : story.last) {
            if (order.type === 'screen.closeOffer') open.delete(order.offerId);
            if (order.type !== 'screen.offer') continue;
            expect([...open.keys()]).toEqual([]);
            open.set(order.offerId, order.agentId);
          }
          if (story.phase === 'ended' || story.phase === 'conversation') expect([...open.keys()]).toEqual([]);
        });
      }),
      { numRuns: RUNS },
    );
  });
});
