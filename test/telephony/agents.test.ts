import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AgentCall, AnswerRule } from '../../media/phone/agent-phone.js';
import type { CallerCall } from '../../media/phone/headless-phone.js';
import { expectNothingLeft, FLOWS_OF_TESTS } from '../support/contract-case.js';
import { askMediaServer } from '../support/event-socket.js';
import { Exchange } from '../support/exchange.js';
import { expectOtherSound } from '../support/hearing.js';
import type { TestAgent } from '../support/test-agent.js';
import { expectTranscript, partsOf } from '../support/transcript.js';

const AGENTS = ['talk-a', 'busy-a', 'busy-b', 'declines-a', 'declines-b', 'silent-a', 'silent-b', 'crossing-a', 'crossing-b', 'abandon-a', 'lost-a', 'lost-b', 'hold-a'];
/** Keys of the main menu that lead to the queue of a case. */
const KEY = { talk: 3, busy: 4, declines: 5, silent: 6, crossing: 7, abandon: 8, lost: 9, hold: 0 } as const;
const CALLER_HZ = 1_000;
const A_HZ = 700;
const B_HZ = 450;
const AT_ONCE: AnswerRule = { kind: 'after', ms: 0 };
const SOON = { timeoutMs: 5_000 };

describe('a caller and the agents', () => {
  let exchange: Exchange;
  beforeAll(async () => {
    exchange = await Exchange.start({ flowsDir: FLOWS_OF_TESTS, agents: AGENTS });
  });
  afterAll(() => exchange.close());

  const place = (queue: keyof typeof KEY): Promise<CallerCall> => exchange.call(`wait:400 ${KEY[queue]}`, { say: { kind: 'tone', hz: CALLER_HZ } });
  const ready = async (id: string, rule: AnswerRule, hz = A_HZ): Promise<TestAgent> => {
    const agent = await exchange.agent(id, rule, hz);
    await agent.ready();
    return agent;
  };
  const expectTalk = async (caller: CallerCall, callee: AgentCall, hz: number): Promise<void> => {
    expect(await Promise.all([caller.waitForTone(hz, SOON), callee.waitForTone(CALLER_HZ, SOON)])).toEqual([true, true]);
  };
  /** The sounds that the media server was told to play to the caller. */
  const playbacksOf = (caller: CallerCall): readonly string[] => {
    const { caller: channel } = exchange.eventSockets.of(exchange.facts.callIdOf(caller.call.sipCallId));
    return channel?.commands.filter((command) => command.startsWith('playback')) ?? [];
  };
  /** The call is over: holds what all its far ends saw against the transcript. */
  const expectAsRecorded = async (name: string, caller: CallerCall, agents: readonly TestAgent[]): Promise<void> => {
    const { sipCallId } = caller.call;
    await exchange.ended(sipCallId);
    await expectTranscript(exchange, name, () => {
      const farEnds = [['caller', exchange.traces.get(caller)?.lines() ?? []] as const, ...agents.map((agent) => [agent.id, agent.trace.lines()] as const)];
      return { farEnds: Object.fromEntries(farEnds), ...partsOf(exchange, sipCallId) };
    });
  };

  it.concurrent('talk after Accept on the screen; the agent hangs up and the caller hears it', async () => {
    const agent = await ready('talk-a', { kind: 'auto' });
    const caller = await place('talk');
    const offer = await agent.next('offer');
    await agent.client.send({ type: 'accept', offerId: offer.offerId });
    const callee = await agent.nextCall();
    await agent.next('talking');
    await expectTalk(caller, callee, A_HZ);
    const over = Promise.all([agent.next('callEnded'), agent.inPhase('ready')]);
    callee.hangUp();
    const [ended] = await over;
    expect(ended.by).toBe('agent');
    expect((await caller.finished).ladder.at(-1)).toMatchObject({ event: 'ended', by: 'remote' });
    await expectAsRecorded('talk', caller, [agent]);
  });

  it.concurrent('hold and resume from both sides while they talk; the other side hears music meanwhile', async () => {
    const agent = await ready('hold-a', AT_ONCE);
    const caller = await place('hold');
    const callee = await agent.nextCall();
    await agent.next('talking');
    await expectTalk(caller, callee, A_HZ);
    for (const [holder, held] of [[caller, callee], [callee, caller]] as const) {
      expect(await holder.hold()).toBe(true);
      await expectOtherSound(held, holder === caller ? CALLER_HZ : A_HZ);
      expect(await holder.resume()).toBe(true);
      await expectTalk(caller, callee, A_HZ);
    }
    caller.hangUp();
    expect((await agent.next('callEnded')).by).toBe('caller');
    await expectAsRecorded('hold-in-talk', caller, [agent]);
  });

  it.concurrent.each([
    ['busy', 486, 'busy'],
    ['declines', 603, 'declined'],
  ] as const)('go on to the next agent when the first is %s', async (queue, status, why) => {
    const first = await ready(`${queue}-a`, { kind: 'reject', status });
    const second = await ready(`${queue}-b`, AT_ONCE, B_HZ);
    const caller = await place(queue);
    expect((await first.next('offerClosed')).why).toBe(why);
    const callee = await second.nextCall();
    await second.next('talking');
    await expectTalk(caller, callee, B_HZ);
    caller.hangUp();
    await second.next('callEnded');
    await expectAsRecorded(queue, caller, [first, second]);
  });

  it.concurrent('go on to the next agent when the first phone says nothing at all', async () => {
    const first = await ready('silent-a', { kind: 'never' });
    const second = await ready('silent-b', AT_ONCE, B_HZ);
    // The queue and the call tell the screen each for itself: which comes first is open.
    const rungOut = Promise.all([first.next('offerClosed'), first.inPhase('notReady')]);
    const caller = await place('silent');
    const [closed] = await rungOut;
    expect(closed.why).toBe('expired');
    const callee = await second.nextCall();
    await expectTalk(caller, callee, B_HZ);
    caller.hangUp();
    await second.next('callEnded');
    await expectAsRecorded('silent', caller, [first, second]);
  });

  it.concurrent('talk to the second agent when the answer of the first crosses the end of the ring', async () => {
    const first = await ready('crossing-a', { kind: 'ring' });
    const second = await ready('crossing-b', AT_ONCE, B_HZ);
    const caller = await place('crossing');
    const late = await first.nextCall();
    answerAtCancel(late, first);
    const lateEnded = once(late.call, 'ended');
    expect((await first.next('offerClosed')).why).toBe('expired');
    const callee = await second.nextCall();
    await second.next('talking');
    await expectTalk(caller, callee, B_HZ);
    await lateEnded;
    expect(first.trace.lines().filter((line) => /^< (ACK|BYE)/.test(line)).map((line) => line.slice(2, 5))).toEqual(['ACK', 'BYE']);
    caller.hangUp();
    await second.next('callEnded');
    await expectAsRecorded('crossing', caller, [first, second]);
  });

  it.concurrent('part when the caller hangs up while the phone rings, which the agent saw before it rang', async () => {
    const agent = await ready('abandon-a', { kind: 'ring' });
    const caller = await place('abandon');
    const ringing = await agent.nextCall();
    const pop = agent.events.find(({ event }) => event.type === 'offer');
    expect(pop?.at).toBeLessThanOrEqual(ringing.incoming.arrivedAtMs);
    // The greeting, which the key broke, and the welcome to the queue: the phone may ring before the second is begun.
    await vi.waitFor(() => expect(playbacksOf(caller)).toHaveLength(2), { timeout: 5_000, interval: 20 });
    const over = Promise.all([agent.next('offerClosed'), agent.inPhase('ready')]);
    caller.hangUp();
    const [closed] = await over;
    expect(closed.why).toBe('callerLeft');
    expect(await ringing.finished).toMatchObject({ result: 'failed', status: 487 });
    await expectAsRecorded('abandon', caller, [agent]);
  });

  it.concurrent('are brought together again when the first agent is lost', async () => {
    const first = await ready('lost-a', AT_ONCE);
    const caller = await place('lost');
    const callee = await first.nextCall();
    await first.next('talking');
    await expectTalk(caller, callee, A_HZ);
    expect(await askMediaServer(exchange.backend.freeswitch, `uuid_kill ${await exchange.channelOf(caller.call.sipCallId, 'agentLeg')}`)).toMatch(/^\+OK/);
    expect((await first.next('callEnded')).by).toBe('system');
    await callee.finished;
    expect(caller.call.state).toBe('up');
    const second = await exchange.agent('lost-b', AT_ONCE, B_HZ);
    await second.client.send({ type: 'ready' });
    await expectTalk(caller, await second.nextCall(), B_HZ);
    caller.hangUp();
    await second.next('callEnded');
    await expectAsRecorded('agent-lost', caller, [first, second]);
  });

  it('leaves nothing behind', async () => {
    await expectNothingLeft(exchange);
  });
});

/** Makes the phone send its 200 when the CANCEL is there but not yet read: both are on the wire at once. */
function answerAtCancel(call: AgentCall, agent: TestAgent): void {
  const transport = Reflect.get(agent.phone.agent, 'transport') as { onMessage: (raw: Buffer, source: unknown) => void };
  const { onMessage } = transport;
  transport.onMessage = (raw, source) => {
    if (raw.toString().startsWith('CANCEL ')) call.answer();
    onMessage(raw, source);
  };
}
