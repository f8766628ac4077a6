import { beforeEach, describe, expect, it } from 'vitest';
import { createAgentDesk, type AgentDesk, type DeskCalls } from '../../gateway/app/agent-desk.js';
import { AgentSeats, SCREEN_LOST } from '../../gateway/app/agent-seats.js';
import { tokenDigest, type DeskAgent } from '../../gateway/app/agent-tokens.js';
import { channelsSchema, toChannelRules } from '../../gateway/core/acd/channel-config.js';
import type { NewFact } from '../../gateway/core/acd/queue-fact.js';
import type { AgentState } from '../../gateway/core/acd/queue-types.js';
import { failed } from '../../gateway/core/errors.js';
import { brand, type AgentId, type NodeId, type RequestId } from '../../gateway/core/ids.js';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';
import type { CommandResult } from '../../gateway/ports/screens.js';
import { DeskQueue } from '../support/desk-queue.js';
import { noAgentItems } from '../support/no-items.js';
import { noFigures } from '../support/no-figures.js';
import { FakeClock } from '../support/fake-clock.js';
import { KeptLog } from '../support/silent-log.js';

const ANNA = brand<AgentId>('anna');
const TOKEN = 'anna-token-with-enough-letters';
const BY_HAND = { isBack: false };
const AGENTS: readonly DeskAgent[] = [
  { id: ANNA, name: 'Anna Lind', phone: { address: 'sip:anna@vaxel', answer: 'screen' }, skills: [{ skill: 'billing', level: 8 }], channels: ['voice'], isSupervisor: false, tokenSha256: tokenDigest(TOKEN) },
  { id: brand<AgentId>('bo'), name: 'Bo Dahl', phone: { address: 'sip:bo@vaxel', answer: 'phone' }, skills: [], channels: ['voice'], isSupervisor: false, tokenSha256: tokenDigest('another') },
];

/** Calls that note what the agent asked. */
class FakeCalls implements DeskCalls {
  readonly asked: string[] = [];
  open: readonly ServerEvent[] = [];
  answer: CommandResult = { ok: true };

  accept = (agentId: AgentId, offerId: string) => this.note(`accept ${agentId} ${offerId}`);
  decline = (agentId: AgentId, offerId: string) => this.note(`decline ${agentId} ${offerId}`);
  hangUp = (agentId: AgentId, callId: string) => this.note(`hangUp ${agentId} ${callId}`);
  wrapUp = (agentId: AgentId, callId: string, filed: { readonly disposition: string | null; readonly note: string }) => this.note(`wrapUp ${agentId} ${callId} ${filed.disposition ?? 'without'} ${filed.note}`);
  openOffer = () => this.open;

  private note(what: string): Promise<CommandResult> {
    this.asked.push(what);
    return Promise.resolve(this.answer);
  }
}

describe('the agent desk', () => {
  let queue: DeskQueue;
  let calls: FakeCalls;
  let clock: FakeClock;
  let log: KeptLog;
  let desk: AgentDesk;
  let pushed: { readonly agentId: AgentId; readonly event: ServerEvent; readonly ackWithinMs: number }[];
  let requests: number;
  let agents: typeof AGENTS;
  let recorded: NewFact[];

  beforeEach(() => {
    queue = new DeskQueue();
    calls = new FakeCalls();
    clock = new FakeClock();
    log = new KeptLog();
    pushed = [];
    requests = 0;
    agents = AGENTS;
    recorded = [];
    const centre = () => ({ strategy: 'linear' as const, channels: toChannelRules(channelsSchema.parse({})), notReadyReasons: ['break', 'lunch'], dispositions: [{ id: 'solved', label: 'Solved', names: { sv: 'Löst', nb: 'Løst', en: 'Solved' } }] });
    const newRequestId = () => brand<RequestId>(`r${(requests += 1)}`);
    desk = createAgentDesk({
      seats: new AgentSeats({ queue, agents: () => agents, centre, node: brand<NodeId>('n1'), newRequestId }),
      items: noAgentItems,
      calls,
      clock,
      log,
      screens: {
        push: (agentId, event, ackWithinMs) => {
          pushed.push({ agentId, event, ackWithinMs });
          return Promise.resolve({ sentAt: null, acknowledgedAt: null });
        },
        closeReplaced: () => undefined,
      },
      agents: () => agents,
      centre,
      record: (fact) => recorded.push(fact),
      figures: noFigures,
      newRequestId,
    });
  });

  const command = (type: 'ready' | 'signOut'): Promise<CommandResult> => desk.command(ANNA, { type, id: '1' });
  const pause = (reason: string): Promise<CommandResult> => desk.command(ANNA, { type: 'notReady', id: '1', reason });
  /** Lets everything that needs no timer run. */
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  describe('signing in', () => {
    it('knows the agent by token and tells what the screen needs', async () => {
      expect(await desk.signIn(TOKEN, BY_HAND)).toEqual({
        ok: true,
        value: {
          agentId: 'anna',
          welcome: {
            agent: { id: 'anna', name: 'Anna Lind', answer: 'screen', phone: 'sip:anna@vaxel' },
            notReadyReasons: ['break', 'lunch'],
            dispositions: [{ id: 'solved', label: 'Solved', names: { sv: 'Löst', nb: 'Løst', en: 'Solved' } }],
            state: { phase: 'notReady', reason: 'signedIn', since: 1 },
          },
        },
      });
      expect(queue.asked).toEqual(['signIn anna 1 n1 linear 0']);
      expect(recorded).toMatchObject([{ type: 'agent.signedIn', agentId: 'anna', at: clock.now() }]);
    });

    it.each(['', 'anna', TOKEN.slice(1), `${TOKEN} `, tokenDigest(TOKEN)])('refuses %j without asking the queue', async (token) => {
      expect(await desk.signIn(token, BY_HAND)).toMatchObject({ ok: false, error: { code: 'VG_SIGN_IN' } });
      expect(queue.asked).toEqual([]);
    });

    it('says when the queue does not answer, which is no refusal', async () => {
      queue.answer = failed('VG_STORE', 'away');
      expect(await desk.signIn(TOKEN, BY_HAND)).toMatchObject({ ok: false, error: { code: 'VG_STORE' } });
    });

    it('never writes a token to the log', async () => {
      await desk.signIn(TOKEN, BY_HAND);
      await desk.signIn('wrong-token', BY_HAND);
      expect(log.text()).not.toMatch(/token-with|wrong-token/);
    });

    it('shows the agent’s state and what is open', async () => {
      calls.open = [{ type: 'offerClosed', offerId: 'o', callId: 'c', why: 'callerLeft' }];
      expect(await desk.presentState(ANNA)).toEqual([{ type: 'agent', state: queue.state }, ...calls.open]);
    });
  });

  describe('availability', () => {
    it('is raised where the phone is registered', async () => {
      expect((await command('ready')).ok).toBe(true);
      expect(queue.asked).toEqual(['ready sip:anna@vaxel']);
    });

    it('is refused with a friendly reason while the phone is not registered', async () => {
      queue.answer = failed('VG_PHONE_UNREGISTERED', 'the phone is not registered');
      const refused = await command('ready');
      expect(refused).toMatchObject({ ok: false, error: { code: 'VG_PHONE_UNREGISTERED' } });
      expect(!refused.ok && refused.error.detail).toContain('sip:anna@vaxel');
    });

    it('comes later where the agent asks for more time after a talk', async () => {
      expect((await desk.command(ANNA, { type: 'moreTime', id: '1' })).ok).toBe(true);
      expect(queue.asked).toEqual(['extendWrapUp']);
    });

    it('is lowered with a reason from the list, and no other', async () => {
      expect((await pause('lunch')).ok).toBe(true);
      expect(await pause('because')).toMatchObject({ ok: false, error: { code: 'VG_BAD_MESSAGE', detail: 'reason: one of break, lunch' } });
      expect(queue.asked).toEqual(['notReady lunch']);
    });

    it('follows the last intent, however slow the earlier one is', async () => {
      let answer: () => void = () => undefined;
      queue.hold = new Promise((resolve) => (answer = resolve));
      const ready = command('ready');
      await settle();
      const all = [ready, pause('break'), pause('lunch')];
      answer();
      const results = await Promise.all(all);
      expect(queue.asked).toEqual(['ready sip:anna@vaxel', 'notReady lunch']);
      expect(queue.state).toMatchObject({ phase: 'notReady', reason: 'lunch' });
      expect(results.map((result) => (result.ok ? 'ok' : result.error.code))).toEqual(['ok', 'VG_AGENT_STATE', 'ok']);
    });

    it('answers VG_STORE when the queue breaks, and serves the next wish', async () => {
      queue.hold = Promise.reject(new Error('connection lost'));
      expect(await pause('break')).toMatchObject({ ok: false, error: { code: 'VG_STORE' } });
      queue.hold = Promise.resolve();
      expect((await pause('lunch')).ok).toBe(true);
    });

    it('is shown to the agent whenever the queue changes it, without waiting for the screen', async () => {
      const state: AgentState = { phase: 'notReady', reason: 'rona', since: 9 };
      await desk.onQueueEvent({ type: 'agent.changed', agentId: ANNA, state, at: 9 });
      expect(pushed).toEqual([{ agentId: ANNA, event: { type: 'agent', state }, ackWithinMs: 0 }]);
    });

    it('uses a new request id for every wish', async () => {
      await command('ready');
      await pause('break');
      expect(requests).toBe(2);
    });
  });

  describe('a lost screen', () => {
    it('may come back within the grace', async () => {
      desk.disconnected(ANNA);
      clock.advance(4_999);
      await desk.signIn(TOKEN, BY_HAND);
      clock.advance(60_000);
      await settle();
      expect(queue.asked).toEqual(['signIn anna 1 n1 linear 0']);
    });

    it('takes the agent out when it stays away', async () => {
      desk.disconnected(ANNA);
      clock.advance(5_000);
      await settle();
      expect(queue.asked).toEqual([`notReady ${SCREEN_LOST}`]);
    });

    it('never makes the agent ready again by coming back', async () => {
      desk.disconnected(ANNA);
      clock.advance(5_000);
      await settle();
      await desk.signIn(TOKEN, BY_HAND);
      clock.advance(60_000);
      await settle();
      expect(queue.asked).not.toContain('ready');
    });

    it('counts one grace for several losses in a row', async () => {
      desk.disconnected(ANNA);
      clock.advance(3_000);
      desk.disconnected(ANNA);
      clock.advance(3_000);
      await settle();
      expect(queue.asked).toEqual([]);
      clock.advance(2_000);
      await settle();
      expect(queue.asked).toHaveLength(1);
    });

    it('is no loss after signing out', async () => {
      await command('signOut');
      desk.disconnected(ANNA);
      clock.advance(60_000);
      await settle();
      expect(queue.asked).toEqual(['logout']);
      expect(clock.pending).toBe(0);
    });

    it('leaves no timer when the desk closes', () => {
      desk.disconnected(ANNA);
      desk.close();
      expect(clock.pending).toBe(0);
    });
  });

  describe('signing out', () => {
    it.each([
      [{ phase: 'reserved', offerId: 'o', callId: 'c', since: 1 } as unknown as AgentState],
      [{ phase: 'talking', callId: 'c', since: 1 } as unknown as AgentState],
    ])('waits for the end of the call: %j', async (state) => {
      queue.state = state;
      expect(await command('signOut')).toMatchObject({ ok: false, error: { code: 'VG_AGENT_STATE' } });
      expect(queue.asked).toEqual([]);
    });
  });

  it('signs in again whoever has a screen, with the skills as they are now, and out whoever is no longer configured', async () => {
    await desk.signIn(TOKEN, BY_HAND);
    agents = AGENTS.map((agent) => ({ ...agent, skills: [...agent.skills, { skill: 'norwegian', level: 3 }] }));
    await desk.signInAgain('reload');
    expect(queue.asked.at(-1)).toBe('signIn anna 2 n1 linear 0');
    expect(pushed.at(-1)?.event).toMatchObject({ type: 'agent', state: queue.state, phone: 'sip:anna@vaxel' });
    agents = [];
    await desk.signInAgain('reload');
    expect(queue.asked.at(-1)).toBe('logout');
    expect(pushed.at(-1)).toMatchObject({ agentId: ANNA, event: { type: 'agent', state: { phase: 'loggedOut' } } });
  });

  it('passes commands about calls on, with the result as it is', async () => {
    await desk.command(ANNA, { type: 'accept', id: '1', offerId: 'o1' });
    await desk.command(ANNA, { type: 'decline', id: '2', offerId: 'o2' });
    await desk.command(ANNA, { type: 'hangUp', id: '3', callId: 'c1' });
    await desk.command(ANNA, { type: 'wrapUp', id: '4', callId: 'c1', disposition: 'solved', note: 'fine' });
    await desk.command(ANNA, { type: 'wrapUp', id: '5', callId: 'c1', disposition: null, note: 'in haste' });
    expect(calls.asked).toEqual(['accept anna o1', 'decline anna o2', 'hangUp anna c1', 'wrapUp anna c1 solved fine', 'wrapUp anna c1 without in haste']);
    calls.answer = { ok: false, error: { code: 'VG_OFFER_LOST', detail: 'gone' } };
    expect(await desk.command(ANNA, { type: 'accept', id: '5', offerId: 'o3' })).toEqual(calls.answer);
  });

  it('refuses a disposition that is not on the list', async () => {
    expect(await desk.command(ANNA, { type: 'wrapUp', id: '4', callId: 'c1', disposition: 'dunno', note: '' })).toMatchObject({ ok: false, error: { code: 'VG_BAD_MESSAGE' } });
    expect(calls.asked).toEqual([]);
  });
});
