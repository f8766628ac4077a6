import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SeededRandom } from '../../gateway/core/seeded-random.js';
import { HeadlessPhone } from '../../media/phone/headless-phone.js';
import { parseKeyScript } from '../../media/phone/key-script.js';
import { DEMO_CALLER, Exchange, SERVICE_NUMBER } from '../support/exchange.js';
import type { TestAgent } from '../support/test-agent.js';

const QUICK_FLOWS = fileURLToPath(new URL('./flows', import.meta.url));
const CALLS = process.env['VAXEL_LONG'] === '1' ? 500 : 100;
const AT_ONCE = 12;
/** Finished transactions stay for 32 s, to answer what is repeated (RFC 3261 timers H, J, K): a short run does not wait for them. */
const WAITS_FOR_TRANSACTIONS = process.env['VAXEL_LONG'] === '1';
const SEED = Number(process.env['VAXEL_SEED'] ?? 20_261_122);

/** What callers do. `hangUpMs`: after the INVITE, whatever has been reached by then. */
const CALLERS = [
  { name: 'is served', keys: '1471100#1', hangUpMs: null },
  { name: 'chooses to leave', keys: '2', hangUpMs: null },
  { name: 'says no', keys: '1471100#2', hangUpMs: null },
  { name: 'cancels', keys: '', hangUpMs: [0, 60] },
  { name: 'hangs up at any moment', keys: '1471100#1', hangUpMs: [0, 2_500] },
  { name: 'leaves the line', keys: '0', hangUpMs: [500, 1_500] },
  { name: 'talks', keys: '0', hangUpMs: [3_000, 6_000] },
] as const;

function withoutTransactions(counts: ReturnType<Exchange['backend']['counts']>): object | null {
  if (counts === null) return null;
  const drop = (of: object): object => Object.fromEntries(Object.entries(of).filter(([name]) => name !== 'transactions' && name !== 'timers'));
  return { drachtio: drop(counts.drachtio), freeswitch: drop(counts.freeswitch) };
}

describe(`after ${CALLS} calls with mixed ends`, () => {
  let exchange: Exchange;
  let redis: Redis;
  let before: ReturnType<typeof whatIsAlive>;
  const ends: string[] = [];
  const warnings: string[] = [];
  const warned = (warning: Error): unknown => warnings.push(warning.message);

  beforeAll(async () => {
    exchange = await Exchange.start({ flowsDir: QUICK_FLOWS, agents: ['anna', 'bo', 'cia'] });
    redis = new Redis(exchange.redis.socketPath);
    process.on('warning', warned);
    before = whatIsAlive();
    const agents = [await exchange.agent('anna'), await exchange.agent('bo', { kind: 'after', ms: 50 }), await exchange.agent('cia', { kind: 'reject', status: 486 })];
    for (const agent of agents) work(agent);
    const phone = await HeadlessPhone.open({ host: '127.0.0.1' });
    exchange.callers.push(phone);
    const random = new SeededRandom(SEED);
    const plan = Array.from({ length: CALLS }, (_, index) => {
      const caller = CALLERS[index % CALLERS.length] ?? CALLERS[0];
      const [from, to] = caller.hangUpMs ?? [0, 0];
      return { keys: caller.keys, hangUpMs: caller.hangUpMs === null ? null : from + random.next() * (to - from) };
    });
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      for (let next = plan.shift(); next !== undefined; next = plan.shift()) ends.push(await oneCall(phone, next));
    }));
    // The far end of the last talk may have heard its end before the gateway has: who signs out then is refused, and never files it.
    await vi.waitFor(() => expect(exchange.gateway.counts()).toMatchObject({ calls: 0 }), { timeout: 10_000 });
    await Promise.all(agents.map((agent) => agent.close()));
    exchange.agents.splice(0);
  }, 600_000);
  afterAll(async () => {
    process.off('warning', warned);
    redis.disconnect();
    await exchange.close();
  });

  const oneCall = async (phone: HeadlessPhone, what: { readonly keys: string; readonly hangUpMs: number | null }): Promise<string> => {
    const script = parseKeyScript(what.keys);
    const call = await phone.call({ from: DEMO_CALLER, to: `sip:${SERVICE_NUMBER}@${exchange.sip}`, keys: script.ok ? script.steps : [], maxTalkMs: 60_000 });
    const timer = what.hangUpMs === null ? undefined : setTimeout(() => call.hangUp(), what.hangUpMs);
    const report = await call.finished;
    clearTimeout(timer);
    return `${report.result} ${report.status}`;
  };

  /** An agent who takes what comes: accepts, files, is ready again. One who is made not ready chooses ready again. */
  const work = (agent: TestAgent): void => {
    const { client } = agent;
    // What is asked of an agent who has just signed out gets no answer.
    const send = (...command: Parameters<typeof client.send>): void => void client.send(...command).catch(() => undefined);
    client.on('event', (event) => {
      if (event.type === 'offer' && agent.id === 'anna') send({ type: 'accept', offerId: event.offerId });
      if (event.type === 'talking' && agent.id === 'bo') send({ type: 'hangUp', callId: event.callId });
      if (event.type === 'callEnded' && event.wrapUpUntil !== null) send({ type: 'wrapUp', callId: event.callId, disposition: 'other', note: '' });
      if (event.type === 'agent' && event.state.phase === 'notReady') send({ type: 'ready' });
    });
    send({ type: 'ready' });
  };

  /** Everything that a finished call could leave behind in this process, which holds gateway, softswitch and phones. */
  const whatIsAlive = () => ({
    // One entry an agent who was ever here, not one a call.
    gateway: { ...exchange.gateway.counts(), agents: undefined },
    backend: WAITS_FOR_TRANSACTIONS ? exchange.backend.counts() : withoutTransactions(exchange.backend.counts()),
    listeners: Object.fromEntries(process.eventNames().map((name) => [String(name), process.listenerCount(name)])),
  });

  it('had every kind of end', () => {
    const kinds = exchange.log.of('call ended').map((line) => `${String(line.fields['result'])}/${String(line.fields['reason'])}`);
    expect([...new Set(kinds)].sort()).toEqual(['abandoned/caller-hung-up', 'completed/agent-hung-up', 'completed/caller-hung-up', 'completed/solved', 'completed/told']);
    expect(new Set(ends)).toEqual(new Set(['completed 200', 'failed 487']));
    expect(exchange.log.of('activity changed').filter((line) => line.fields['to'] === 'conversation').length).toBeGreaterThan(CALLS / 20);
  });

  it('nothing of them is alive in gateway and softswitch', async () => {
    await vi.waitFor(() => expect(whatIsAlive()).toEqual(before), { timeout: WAITS_FOR_TRANSACTIONS ? 45_000 : 10_000, interval: 200 });
    expect(warnings).toEqual([]);
  });

  it('no Redis key of theirs is left', async () => {
    const callIds = exchange.log.of('call arrived').map((line) => String(line.fields['callId']));
    expect(callIds.length).toBeGreaterThan(CALLS / 2);
    const left = async (): Promise<readonly string[]> => (await redis.keys('*')).filter((key) => callIds.some((callId) => key.includes(callId)));
    await vi.waitFor(async () => expect(await left()).toEqual([]), { timeout: 5_000, interval: 200 });
  });

  it('nothing was logged that wakes a person', () => {
    expect(exchange.log.lines.filter((line) => line.level === 'error')).toEqual([]);
  });
});
