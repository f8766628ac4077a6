import { beforeEach, describe, expect, it } from 'vitest';
import { AgentWishes } from '../../gateway/app/agent-wishes.js';
import type { AgentWish } from '../../gateway/core/acd/queue-types.js';
import { summaryBefore } from '../../gateway/core/flow/summarise.js';
import { failed, ok, type Result } from '../../gateway/core/errors.js';
import { brand, type AgentId } from '../../gateway/core/ids.js';
import { ANNA } from '../core/call/call-story.js';
import { actorIn, effectOf, fakeCentre, ListeningActor } from '../support/call-fakes.js';
import { FakeClock } from '../support/fake-clock.js';

const LAST: AgentWish = { agentId: null, forMs: 20_000 };

describe('the agent whom a caller wishes for', () => {
  let clock: FakeClock;
  let lookedFor: unknown[];
  let last: Promise<Result<AgentId | null>>;
  let centre: typeof fakeCentre;
  let customer: { id: string; name: string; confidence: 'entered' } | null;
  beforeEach(() => {
    clock = new FakeClock();
    lookedFor = [];
    last = Promise.resolve(ok(ANNA));
    customer = null;
    centre = fakeCentre;
  });
  const personalOf = (agent: AgentWish | undefined, how: { queuedAt?: number; isReturning?: boolean; actor?: ListeningActor } = {}) => {
    const summarise = () => ({ ...summaryBefore({ flowId: 'f', version: 'v', language: 'sv' }), customer });
    const wishes = new AgentWishes({ thread: { lastAgent: (who) => (lookedFor.push(who), last) }, centre, clock, summarise });
    const effect = effectOf('waiting', 'queue.arrive');
    const place = { ...effect.place, ...(agent === undefined ? {} : { agent }) };
    return wishes.personalOf(how.actor ?? actorIn('waiting'), { ...effect, place, isReturning: how.isReturning ?? false }, how.queuedAt ?? clock.now());
  };

  /** When the caller of the story came to the line. */
  const cameAt = () => effectOf('waiting', 'queue.arrive').place.queuedAt;

  it('is nobody where the flow wishes for nobody, and then no history is asked', async () => {
    expect(await personalOf(undefined)).toBeNull();
    expect(lookedFor).toEqual([]);
  });

  it('is the one whom the flow names', async () => {
    expect(await personalOf({ agentId: ANNA, forMs: 20_000 })).toEqual({ agentId: ANNA, forMs: 20_000 });
    expect(lookedFor).toEqual([]);
  });

  it('is whoever spoke to the customer last: by customer where known, by number too', async () => {
    expect(await personalOf(LAST)).toEqual({ agentId: ANNA, forMs: 20_000 });
    customer = { id: '1001', name: 'Karin', confidence: 'entered' };
    await personalOf(LAST);
    expect(lookedFor).toEqual([{ customerId: null, number: '+46701234567' }, { customerId: '1001', number: '+46701234567' }]);
  });

  it.each([
    ['nobody is known', () => Promise.resolve(ok(null))],
    ['the history fails', () => Promise.resolve(failed('VG_STORE', 'away'))],
    ['the agent has left the contact centre', () => Promise.resolve(ok(brand<AgentId>('gone')))],
  ])('is nobody when %s', async (_when, answer) => {
    last = answer() as typeof last;
    expect(await personalOf(LAST)).toBeNull();
  });

  it('is nobody when the agent takes no calls, named or last: a chat is a contact too', async () => {
    centre = { ...fakeCentre, agent: (id) => ({ id, name: 'Cia', phone: null, isSupervisor: false }) };
    expect(await personalOf(LAST)).toBeNull();
    expect(await personalOf({ agentId: ANNA, forMs: 20_000 })).toBeNull();
  });

  it('is nobody when the history keeps the caller waiting', async () => {
    last = new Promise(() => undefined);
    const found = personalOf(LAST);
    clock.advance(250);
    expect(await found).toBeNull();
  });

  it('whom a variable names who is no agent here is nobody, whatever the back end wrote', async () => {
    expect(await personalOf({ agentId: brand<AgentId>('x:y;z'), forMs: 1_000 })).toBeNull();
  });

  it('is waited for from this call on by who was cut off and calls again, not from the first one on, however often the line is joined', async () => {
    expect(await personalOf(LAST, { queuedAt: cameAt() - 90_000 })).toMatchObject({ forMs: 110_000 });
    clock.advance(15_000);
    expect(await personalOf(LAST, { queuedAt: cameAt() - 90_000 })).toMatchObject({ forMs: 110_000 });
  });

  it('is waited for no longer by who has been in line already', async () => {
    expect(await personalOf(LAST, { queuedAt: cameAt() - 90_000, isReturning: true })).toMatchObject({ forMs: 20_000 });
  });

  it('is waited for anew by each try of a callback', async () => {
    const state = actorIn('waiting').state;
    const actor = new ListeningActor({ ...state, callerLeg: { phase: 'planned', legId: state.callerLeg.legId } });
    expect(await personalOf(LAST, { queuedAt: cameAt() - 90_000, isReturning: true, actor })).toMatchObject({ forMs: 110_000 });
  });
});
