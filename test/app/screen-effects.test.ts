import { summaryBefore } from '../../gateway/core/flow/summarise.js';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Centre } from '../../gateway/app/centre.js';
import type { OfferReason } from '../../gateway/core/acd/offer-reason.js';
import { ScreenEffects } from '../../gateway/app/screen-effects.js';
import { failed, ok, type Result } from '../../gateway/core/errors.js';
import type { ThreadEntry } from '../../gateway/core/thread/interaction.js';
import type { PushOutcome } from '../../gateway/ports/screens.js';
import type { ThreadStore } from '../../gateway/ports/thread-store.js';
import { ANNA, OFFER, OFFER_2 } from '../core/call/call-story.js';
import { actorIn, deferred, effectOf, fakeCentre, FakeScreens, settle, type ListeningActor } from '../support/call-fakes.js';
import { FakeClock } from '../support/fake-clock.js';

const ENTRY: ThreadEntry = { id: 'chat-1', at: '2026-11-22T08:00:00.000Z', channel: 'chat', summary: 'Asked for a copy.', reason: null, result: null, agent: null, note: null };

describe('an agent’s screen', () => {
  let clock: FakeClock;
  let screens: FakeScreens;
  let recent: () => Promise<Result<readonly ThreadEntry[]>>;
  let others: () => Promise<number>;
  let effects: ScreenEffects;
  let actor: ListeningActor;
  beforeEach(() => {
    clock = new FakeClock();
    screens = new FakeScreens();
    recent = () => Promise.resolve(ok([ENTRY]));
    others = () => Promise.resolve(0);
    actor = actorIn('showing');
    effects = effectsIn(fakeCentre);
  });
  const effectsIn = (centre: Centre): ScreenEffects => {
    const thread: ThreadStore = { append: () => Promise.resolve(ok(null)), has: () => Promise.resolve(ok(false)), recent: () => recent(), lastAgent: () => Promise.resolve(ok(null)), incidentCounts: () => Promise.resolve(ok([])), close: () => Promise.resolve() };
    const summarise = () => summaryBefore({ flowId: 'f', version: 'v', language: 'sv' });
    return new ScreenEffects({ screens, thread, centre, clock, summarise, others: () => others() });
  };
  const offer = effectOf('showing', 'screen.offer');

  const otherCallsShown = (): readonly unknown[] => screens.pushed.map(({ event }) => ('context' in event ? event.context.otherCalls : event.type));

  it('says how many other calls of the number were going on when the caller lined up, and waits no longer for that than for the history', async () => {
    others = () => Promise.resolve(2);
    effects.prefetch(actor);
    await effects.run(actor, offer);
    others = () => new Promise(() => undefined);
    effects.prefetch(actor);
    const late = effects.run(actor, offer);
    clock.advance(60);
    await settle();
    expect(otherCallsShown()).toEqual([2, undefined]);
    void late;
  });

  it('is shown the offer again where other calls of the number came or went meanwhile, while the phone rings', async () => {
    effects.prefetch(actor);
    others = () => Promise.resolve(1);
    await effects.run(actor, offer);
    expect(actor.told).toHaveLength(1);
    expect(otherCallsShown()).toEqual([undefined]);
    clock.advance(5);
    await settle();
    expect(otherCallsShown()).toEqual([undefined, 1]);
    expect(effects.openFor(ANNA)).toMatchObject([{ type: 'offer', offerId: OFFER, context: { otherCalls: 1 } }]);
  });

  it('sees that also where the call was taken before the count was made', async () => {
    effects.prefetch(actor);
    others = () => Promise.resolve(1);
    await effects.run(actor, offer);
    const talking = effects.run(actorIn('conversation'), { type: 'screen.talking', agentId: ANNA });
    clock.advance(5);
    await talking;
    await settle();
    expect(screens.pushed.at(-1)).toMatchObject({ event: { type: 'talking', context: { otherCalls: 1 } } });
  });

  it('is not shown an offer again that is over meanwhile', async () => {
    effects.prefetch(actor);
    const counted = deferred<number>();
    others = () => counted.promise;
    await effects.run(actor, offer);
    clock.advance(5);
    const talking = effects.run(actorIn('conversation'), { type: 'screen.talking', agentId: ANNA });
    clock.advance(60);
    await talking;
    counted.resolve(1);
    await settle();
    expect(screens.pushed.map(({ event }) => event.type)).toEqual(['offer', 'talking']);
  });

  it('gets the pop in the turn that brought the match, where all of it was fetched before', async () => {
    effects.prefetch(actor);
    await settle();
    void effects.run(actor, offer);
    expect(screens.pushed).toHaveLength(1);
  });

  it('gets the whole context with an offer, the history fetched while the caller waited', async () => {
    let fetches = 0;
    recent = () => Promise.resolve(ok([{ ...ENTRY, summary: `fetch ${++fetches}` }]));
    effects.prefetch(actor);
    await effects.run(actor, offer);
    expect(fetches).toBe(1);
    expect(screens.pushed[0]).toMatchObject({
      agentId: ANNA,
      ackWithinMs: 150,
      event: { type: 'offer', offerId: OFFER, expiresAt: offer.expiresAt, answer: 'screen', context: { caller: { number: '+46701234567' }, queue: { name: 'People', names: { sv: 'Folk', nb: 'Folk', en: 'People' } }, thread: [{ summary: 'fetch 1' }], isThreadComplete: true } },
    });
  });

  it('tells a supervisor why the call was offered to them, and nobody else', async () => {
    const why: OfferReason = { trigger: 'callCame', alternatives: 0, hasMore: false, relaxations: 0, needs: [], preferred: [], strategy: 'longestIdle' };
    await effects.run(actor, { ...offer, why });
    const centre: Centre = { ...fakeCentre, agent: (id) => ({ id, name: 'Anna Lind', phone: { address: 'sip:anna@vaxel', answer: 'screen' }, isSupervisor: true }) };
    await effectsIn(centre).run(actor, { ...offer, why });
    expect(screens.pushed.map(({ event }) => (event.type === 'offer' ? event.why : null))).toEqual([undefined, expect.objectContaining({ en: 'the only ready agent' })]);
  });

  it('lets the phone ring when it has acknowledged', async () => {
    const acknowledged = deferred<PushOutcome>();
    screens.outcome = acknowledged.promise;
    const shown = effects.run(actor, offer);
    await settle();
    expect(actor.told).toEqual([]);
    acknowledged.resolve({ sentAt: clock.now(), acknowledgedAt: clock.now() + 12 });
    await shown;
    expect(actor.told).toMatchObject([{ type: 'offer.shown', offerId: OFFER, isAcknowledged: true }]);
    expect(actor.kept.of('offer shown')[0]?.fields).toMatchObject({ isAcknowledged: true, ackMs: 12 });
  });

  it('lets the phone ring without an acknowledgement too, and the offer records it', async () => {
    await effects.run(actor, offer);
    expect(actor.told).toMatchObject([{ type: 'offer.shown', isAcknowledged: false }]);
  });

  it('waits 60 ms for a slow history, says that it is missing, and takes that time off the 150 ms', async () => {
    recent = () => new Promise(() => undefined);
    const shown = effects.run(actor, offer);
    clock.advance(59);
    await settle();
    expect(screens.pushed).toEqual([]);
    clock.advance(1);
    await shown;
    expect(screens.pushed[0]).toMatchObject({ ackWithinMs: 90, event: { context: { thread: [], isThreadComplete: false } } });
    clock.advance(5);
    expect(clock.pending).toBe(0);
  });

  it.each([
    ['is away', () => Promise.resolve(failed('VG_STORE', 'away'))],
    ['breaks', () => Promise.reject(new Error('broken'))],
  ] as const)('says that the history is missing when its store %s', async (_how, answer) => {
    recent = answer;
    await effects.run(actor, offer);
    expect(screens.pushed[0]).toMatchObject({ event: { context: { isThreadComplete: false } } });
  });

  it('is shown the open offer again when it connects anew, until that is closed', async () => {
    await effects.run(actor, offer);
    expect(effects.openFor(ANNA)).toMatchObject([{ type: 'offer', offerId: OFFER }]);
    await effects.run(actor, { type: 'screen.closeOffer', offerId: OFFER_2, agentId: ANNA, why: 'expired' });
    expect(effects.openFor(ANNA)).toHaveLength(1);
    await effects.run(actor, { type: 'screen.closeOffer', offerId: OFFER, agentId: ANNA, why: 'callerLeft' });
    expect(effects.openFor(ANNA)).toEqual([]);
    expect(screens.pushed.at(-1)).toMatchObject({ ackWithinMs: 0, event: { type: 'offerClosed', offerId: OFFER, why: 'callerLeft' } });
  });

  it('is shown the talk, then its end with the time for wrap-up', async () => {
    await effects.run(actorIn('conversation'), { type: 'screen.talking', agentId: ANNA });
    expect(effects.openFor(ANNA)).toMatchObject([{ type: 'talking', callId: 'call-1' }]);
    await effects.run(actorIn('wrapUp'), effectOf('wrapUp', 'screen.callEnded'));
    // A screen that connects anew needs the talk's context for the wrap-up too.
    expect(effects.openFor(ANNA)).toMatchObject([{ type: 'talking' }, { type: 'callEnded', by: 'caller', wrapUpUntil: clock.now() + 30_000 }]);
  });

  it('keeps nothing open when the caller went back to the line', async () => {
    await effects.run(actorIn('conversation'), { type: 'screen.talking', agentId: ANNA });
    await effects.run(actorIn('waiting'), { type: 'screen.callEnded', agentId: ANNA, by: 'system' });
    expect(screens.pushed.at(-1)?.event).toMatchObject({ type: 'callEnded', wrapUpUntil: null });
    expect(effects.openFor(ANNA)).toEqual([]);
  });

  it('is shown nothing that is over by the time the history came: no offer that was closed, no talk that ended, nothing of a call that is gone', async () => {
    const history = deferred<Result<readonly ThreadEntry[]>>();
    recent = () => history.promise;
    const late = [effects.run(actor, offer)];
    late.push(effects.run(actor, { type: 'screen.closeOffer', offerId: OFFER, agentId: ANNA, why: 'callerLeft' }));
    late.push(effects.run(actorIn('conversation'), { type: 'screen.talking', agentId: ANNA }));
    late.push(effects.run(actorIn('waiting'), { type: 'screen.callEnded', agentId: ANNA, by: 'system' }));
    late.push(effects.run(actor, { ...offer, offerId: OFFER_2 }));
    effects.forget(actor.callId);
    history.resolve(ok([]));
    await Promise.all(late);
    expect(screens.pushed.map(({ event }) => event.type)).toEqual(['offerClosed', 'callEnded']);
    expect([actor.told, effects.size]).toEqual([[], 0]);
  });

  it('keeps nothing of a call that is forgotten', async () => {
    await effects.run(actor, offer);
    effects.forget(actor.callId);
    expect(effects.size).toBe(0);
  });
});
