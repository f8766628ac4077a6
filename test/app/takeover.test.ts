import { beforeEach, describe, expect, it } from 'vitest';
import { CallActor } from '../../gateway/app/call-actor.js';
import { Takeover } from '../../gateway/app/takeover.js';
import type { CallEffect } from '../../gateway/core/call/call-effects.js';
import type { CallState } from '../../gateway/core/call/call-state.js';
import type { CallStore } from '../../gateway/ports/call-store.js';
import type { Queue } from '../../gateway/ports/queue.js';
import { CALLER, CallStory, OTHER_NODE, rulesFor } from '../core/call/call-story.js';
import { FakeTelephony, settle } from '../support/call-fakes.js';
import { FakeClock } from '../support/fake-clock.js';
import { KeptLog } from '../support/silent-log.js';

describe('a call whose process died before it was answered', () => {
  const { state } = new CallStory(undefined, { arrival: 'the INVITE' });
  let telephony: FakeTelephony;
  let actor: CallActor;
  let ordered: CallEffect[];
  beforeEach(() => {
    telephony = new FakeTelephony();
    ordered = [];
  });

  const look = async (): Promise<void> => {
    const log = new KeptLog();
    const open = (known: CallState): CallActor => {
      actor = new CallActor(known, { rules: rulesFor(), save: () => Promise.resolve(true), run: (_self, effect) => ordered.push(effect), log });
      return actor;
    };
    const store = { adopt: () => Promise.resolve([{ callId: state.callId, snapshot: JSON.stringify(state) }]) } as unknown as CallStore;
    const takeover = new Takeover({ telephony, store, queue: {} as Queue, node: OTHER_NODE, clock: new FakeClock(), log, actors: new Map(), prepare: () => Promise.resolve(), open });
    await takeover.look();
    await settle();
  };

  it('is told to the others before anything of it is touched: one of them may be alive', async () => {
    await look();
    expect(telephony.asked).toEqual([`tellTaken ${state.callId} ${OTHER_NODE}`, `adoptArrival ${CALLER}`]);
  });

  it('is answered here while its INVITE is open', async () => {
    await look();
    expect(telephony.asked).toContain(`adoptArrival ${CALLER}`);
    expect(ordered).toEqual([{ type: 'leg.answer', legId: CALLER }]);
    expect(actor.state).toMatchObject({ node: OTHER_NODE, activity: { phase: 'answering' } });
  });

  it('ends with that as its cause when it was answered on a channel that nobody knows', async () => {
    telephony.adoptArrival = () => Promise.resolve(false);
    await look();
    expect(actor.state.activity).toEqual({ phase: 'ended', end: { result: 'serverError', reason: 'gateway-lost' } });
    expect(ordered.map(({ type }) => type)).not.toContain('leg.answer');
  });
});
