import fc from 'fast-check';
import { expect, it } from 'vitest';
import { resumeFlow, startFlow, stepFlow, type FlowStep } from '../../../gateway/core/flow/interpret.js';
import type { FlowState } from '../../../gateway/core/flow/flow-state.js';
import type { FlowEffect, FlowEvent } from '../../../gateway/core/flow/flow-types.js';
import type { Json } from '../../../gateway/core/ids.js';
import { sampleFlow } from '../../ivr-flows/sample-files.js';

const flow = sampleFlow('invoice-extension');
const RUNS = process.env['VAXEL_LONG'] === '1' ? 5_000 : 300;

/** What the world does next; numbers pick among what is possible. */
type Move = { readonly kind: 'digit'; readonly digit: string } | { readonly kind: 'said' | 'failed' | 'timer' | 'answer' | 'crash' | 'stale'; readonly pick: number };
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('digit' as const), digit: fc.constantFrom('0', '1', '1', '2', '4', '7', '8', '9', '#', '*') }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('said' as const, 'answer' as const), pick: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('timer' as const, 'stale' as const), pick: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('failed' as const, 'crash' as const), pick: fc.nat(9) }) },
);
const OPEN = { invoice: '471100', customer: '1001', amount: 12.5, currency: 'SEK', dueDate: '2026-12-15', status: 'open', extended: false };
/** Leads to the question whether to extend, so that random moves play around what matters most. */
const TO_OFFER: readonly Move[] = [{ kind: 'said', pick: 0 }, { kind: 'answer', pick: 0 }, ...[...'14711#'].map((digit) => ({ kind: 'digit' as const, digit })), { kind: 'answer', pick: 1 }];
const moves = (maxLength: number): fc.Arbitrary<readonly Move[]> => fc.tuple(fc.boolean(), fc.array(move, { maxLength })).map(([isAtOffer, random]) => (isAtOffer ? [...TO_OFFER, ...random] : random));
const ANSWERS: readonly { readonly exit: string; readonly result: Json }[] = [
  { exit: 'ok', result: { customer: '1001', name: 'Anna' } },
  { exit: 'ok', result: OPEN },
  { exit: 'ok', result: { ...OPEN, status: 'overdue' } },
  { exit: 'ok', result: { ...OPEN, customer: '1002' } },
  { exit: 'ok', result: { ...OPEN, extended: true } },
  { exit: 'ok', result: { invoice: '471100', dueDate: '2027-01-14' } },
  { exit: 'notFound', result: null },
  { exit: 'alreadyExtended', result: null },
  { exit: 'error', result: null },
  { exit: 'ok', result: [null] },
];

/** Plays random moves; what the interpreter ordered decides what can happen. */
class World {
  at = 1_700_000_000_000;
  state: FlowState;
  readonly effects: FlowEffect[] = [];

  constructor() {
    this.state = this.follow(startFlow(flow, { callId: 'c', at: this.at, ani: '+46701234567', dnis: '1' }));
  }

  play(next: Move): void {
    this.at += 400;
    if (next.kind === 'crash') this.state = this.follow(resumeFlow(flow, JSON.parse(JSON.stringify(this.state)) as FlowState, this.at));
    else {
      const event = this.eventOf(next);
      if (event !== null) this.state = this.follow(stepFlow(flow, this.state, event));
    }
  }

  private eventOf(next: Move): FlowEvent | null {
    const { activity, timers } = this.state;
    const at = this.at;
    const say = activity.phase === 'left' ? null : activity.say;
    switch (next.kind) {
      case 'digit':
        return { type: 'flow.digit', at, digit: next.digit };
      case 'said':
        return say === null ? null : { type: 'flow.said', at, sayId: say.sayId, isWhole: true };
      case 'failed':
        return say === null ? null : { type: 'flow.sayFailed', at, sayId: say.sayId };
      case 'timer': {
        const timer = timers[next.pick % Math.max(1, timers.length)];
        return timer === undefined ? null : { type: 'flow.timerFired', at, timer };
      }
      case 'answer': {
        const answer = ANSWERS[next.pick];
        return activity.phase !== 'connecting' || answer === undefined ? null : { type: 'flow.connectorReturned', at, requestId: activity.request.requestId, ...answer };
      }
      case 'crash':
        return null;
      case 'stale':
        return { type: 'flow.timerFired', at, timer: `noInput.${next.pick}` };
    }
  }

  private follow(step: FlowStep): FlowState {
    this.effects.push(...step.effects);
    return step.state;
  }
}

const play = (moves: readonly Move[], check: (world: World) => void): void => {
  const world = new World();
  check(world);
  for (const one of moves) {
    world.play(one);
    check(world);
  }
};

it('whatever happens, something is said, or a key, a timer or an answer is waited for', () => {
  fc.assert(
    fc.property(moves(60), (played) => {
      play(played, ({ state: { activity, timers } }) => {
        const kinds = timers.map((timer) => timer.slice(0, timer.indexOf('.')));
        if (activity.phase === 'asking') expect(activity.say !== null || kinds.includes('noInput') || kinds.includes('interDigit')).toBe(true);
        if (activity.phase === 'connecting') expect(activity.say !== null || (kinds.includes('filler') && kinds.includes('guard'))).toBe(true);
        if (activity.phase === 'saying') expect(activity.say.part.utterances.length).toBeGreaterThan(0);
        if (activity.phase === 'left') expect(timers).toEqual([]);
      });
    }),
    { numRuns: RUNS },
  );
});

it('whatever happens, the flow is left at most once (a crash may tell it again), and the state stays JSON', () => {
  fc.assert(
    fc.property(moves(60), (played) => {
      play(played, ({ state }) => expect(JSON.parse(JSON.stringify(state))).toEqual(state));
      const world = new World();
      for (const one of played) world.play(one);
      const crashes = played.filter(({ kind }) => kind === 'crash').length;
      expect(world.effects.filter(({ type }) => type === 'flow.left').length).toBeLessThanOrEqual(1 + crashes);
    }),
    { numRuns: RUNS },
  );
});

it('whatever happens, one confirmed visit orders one extension: a repeat carries the same key', () => {
  fc.assert(
    fc.property(moves(80), (played) => {
      const world = new World();
      for (const one of played) world.play(one);
      const keys = new Set(world.effects.flatMap((effect) => (effect.type === 'flow.callConnector' && effect.operation === 'billing.extendInvoice' ? [effect.idempotencyKey] : [])));
      const confirmed = world.state.path.filter((entry) => entry.node === 'offer' && entry.entered === '1').length;
      expect(keys.size).toBeLessThanOrEqual(confirmed);
    }),
    { numRuns: RUNS },
  );
});

it('the way to the offer that the properties start from leads there', () => {
  const world = new World();
  for (const one of TO_OFFER) world.play(one);
  expect(world.state.activity).toMatchObject({ phase: 'asking', node: 'offer' });
});

it('two says never sound at once, and only what sounds is hushed', () => {
  fc.assert(
    fc.property(moves(60), (played) => {
      let sounding: string | null = null;
      let seen = 0;
      const world = new World();
      const look = (ended: string | null): void => {
        if (ended === sounding) sounding = null;
        for (const effect of world.effects.slice(seen)) {
          if (effect.type === 'flow.hush') {
            expect(effect.sayId).toBe(sounding);
            sounding = null;
          }
          if (effect.type !== 'flow.say') continue;
          expect(sounding).toBeNull();
          sounding = effect.sayId;
        }
        seen = world.effects.length;
      };
      look(null);
      for (const one of played) {
        const { activity } = world.state;
        const say = activity.phase === 'left' ? null : activity.say;
        world.play(one);
        // A crash silences the line; said and failed end what sounded.
        look(one.kind === 'said' || one.kind === 'failed' || one.kind === 'crash' ? (say?.sayId ?? null) : null);
      }
    }),
    { numRuns: RUNS },
  );
});
