import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KEY_NAMES, queuePrefix } from '../../gateway/adapters/redis/keys.js';
import { openQueue, type RedisQueue } from '../../gateway/adapters/redis/queue.js';
import { readFact, type QueueFact } from '../../gateway/core/acd/queue-fact.js';
import { brand, type AgentId } from '../../gateway/core/ids.js';
import { KeptLog } from '../support/silent-log.js';
import { ProcessExchange, type GatewayProcess, type LoggedLine } from '../support/process-exchange.js';
import { RacingAgent, type Manner, type Talk } from '../support/racing-agent.js';
import { hasSipp } from '../support/sipp.js';
import { sippCrowd, type CrowdEnd } from '../support/sipp-crowd.js';
import { SoftswitchProcess } from '../support/softswitch-process.js';

const SIZE = process.env['VAXEL_LONG'] === '1' ? { callers: 201, agents: 50, perSecond: 15 } : { callers: 42, agents: 10, perSecond: 12 };
const FLOWS = fileURLToPath(new URL('./flows', import.meta.url));
const NUMBER = '+46771000300';
const MANNERS: readonly Manner[] = ['answers', 'accepts', 'answers', 'is busy', 'declines'];
/** Of each kind a third: gone before anybody can answer, gone in the middle of it, waits long. */
const PATIENCE_MS = [150, 900, 15_000];
const IDS = Array.from({ length: SIZE.agents }, (_, index) => `racer-${index}`);
const secretOf = (id: string): string => `a-secret-for-tests-only-${id}`;

/** The content of the fault tests with a line that leads straight to the queue, and as many agents as race. */
async function contentOf(folder: string): Promise<void> {
  await cp(FLOWS, folder, { recursive: true });
  await writeFile(join(folder, 'flows', 'line.yaml'), 'purpose: Straight to the queue.\nowner: tests\nreviewBy: 2036-01-01\nexpect: nobody is lost\nlanguages: [en]\nstart: person\nerror: bye\nnodes:\n  person: { do: queue, queue: billing }\n  bye: { do: hangup }\n');
  const agents = IDS.map((id) => `  ${id}: { name: ${id}, phone: "sip:${id}@vaxel", answer: ${MANNERS[IDS.indexOf(id) % MANNERS.length] === 'answers' ? 'phone' : 'screen'}, skills: { billing: 5 } }`);
  await writeFile(join(folder, 'contact-centre.yaml'), `domain: vaxel
limits: { maxCalls: 400, retryAfterSeconds: 5, maxWaitMs: 1800000, storeWaitMs: 30000 }
numbers:
  "${NUMBER}": { flow: line, language: en, lastResort: { do: tell, prompt: call-later } }
skills: { billing: Invoices }
queues:
  billing: { name: { sv: Fakturor, nb: Faktura, en: Invoices }, needs: { billing: 1 }, ringTimeoutMs: 3000, wrapUpMs: 5000, music: default }
agents:
${agents.join('\n')}
dispositions: { other: Something else }
notReadyReasons: [break]
trunks: { local: { addresses: [127.0.0.1, "::1"] } }
`);
}

describe.skipIf(!hasSipp)(`${SIZE.callers} callers, ${SIZE.agents} agents, two gateways, one of which is killed half-way`, () => {
  let folder: string;
  let exchange: ProcessExchange;
  let softswitch: SoftswitchProcess;
  let queue: RedisQueue;
  let redis: Redis;
  let gateways: readonly GatewayProcess[] = [];
  let agents: readonly RacingAgent[] = [];
  let calls: ReadonlyMap<string, CrowdEnd>;

  const lines = (message: string): readonly LoggedLine[] => gateways.flatMap((gateway) => gateway.lines.filter(({ msg }) => msg === message));
  const talks = (): readonly (Talk & { readonly agent: string })[] => agents.flatMap((agent) => agent.talks.map((talk) => ({ ...talk, agent: agent.id })));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vx-race-'));
    await contentOf(folder);
    const secrets = Object.fromEntries(IDS.flatMap((id) => ['TOKEN', 'SIP_PASSWORD'].map((what) => [`VAXEL_AGENT_${id.toUpperCase().replaceAll('-', '_')}_${what}`, secretOf(id)])));
    softswitch = await SoftswitchProcess.start();
    exchange = await ProcessExchange.start({ FLOWS_DIR: folder, ...secrets }, softswitch);
    const killed = exchange.gateway;
    const survivor = await exchange.startAnother();
    gateways = [killed, survivor];
    queue = openQueue({ url: exchange.redis.url, tenant: 'test', log: new KeptLog() });
    redis = new Redis(exchange.redis.socketPath);
    agents = await Promise.all(IDS.map((id, index) => RacingAgent.open({ id, secret: secretOf(id), sip: exchange.sip, manner: MANNERS[index % MANNERS.length] ?? 'answers', talkMs: 100 + (index % 4) * 150 })));
    const apis = await Promise.all(gateways.map(({ ready }) => ready));
    await Promise.all(agents.map((agent, index) => agent.work(apis[index % 2] ?? '')));

    const third = SIZE.callers / PATIENCE_MS.length;
    const crowds = PATIENCE_MS.map((patienceMs) => sippCrowd({ target: exchange.sip, service: NUMBER, calls: third, perSecond: SIZE.perSecond / PATIENCE_MS.length, patienceMs }));
    await vi.waitFor(() => expect(lines('call arrived').length).toBeGreaterThanOrEqual(SIZE.callers / 2), { timeout: 60_000, interval: 5 });
    await killed.kill();
    await Promise.all(agents.filter((_, index) => index % 2 === 0).map((agent) => agent.work(apis[1] ?? '')));
    calls = new Map((await Promise.all(crowds)).flatMap((ends) => [...ends]));
  }, 300_000);
  afterAll(async () => {
    await Promise.all(agents.map((agent) => agent.close()));
    await queue.close();
    redis.disconnect();
    // It would wait for the transactions that lost their gateway.
    await softswitch.kill();
    await exchange.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('no caller is lost: each heard an end, and each end has a cause', async () => {
    expect(calls.size).toBe(SIZE.callers);
    const answered = [...calls].filter(([, end]) => end !== 'unanswered' && end !== 'refused').map(([sipCallId]) => sipCallId);
    const said = (sipCallId: string): readonly string[] => gateways.flatMap(({ lines: all }) => all.filter((line) => line['sipCallId'] === sipCallId).map((line) => `${String(line['time'])} ${line.msg}`));
    expect([...calls].filter(([, end]) => end === 'open').map(([sipCallId]) => [sipCallId, ...said(sipCallId)])).toEqual([]);
    await vi.waitFor(() => {
      const ended = new Set(lines('call ended').map((line) => line['sipCallId']));
      expect(answered.filter((sipCallId) => !ended.has(sipCallId))).toEqual([]);
    }, { timeout: 15_000, interval: 50 });
    // Whom the dead gateway had written down is answered by the other one. What it had not even read from its socket died with it.
    const unanswered = [...calls].filter(([, end]) => end === 'unanswered').map(([sipCallId]) => [sipCallId, ...said(sipCallId)]);
    expect(unanswered.length, JSON.stringify(unanswered)).toBeLessThan(SIZE.callers / 8);
  });

  it('no caller has two agents, no agent two callers', () => {
    const all = talks();
    expect(all.length).toBeGreaterThan(SIZE.callers / 5);
    const overlap = (a: Talk, b: Talk): boolean => a.from < (b.until ?? Infinity) && b.from < (a.until ?? Infinity);
    // One after the other is none: a talk that the dead gateway had not written down ends, and the caller goes back to the head of the line.
    const doubles = all.flatMap((a, index) => all.slice(index + 1).filter((b) => (a.callId === b.callId || a.agent === b.agent) && overlap(a, b)).map((b) => [a, b]));
    console.log(`double assignments: ${doubles.length} of ${all.length}`);
    expect(doubles).toEqual([]);
  });

  it('no agent is stuck: all are ready, or would be', async () => {
    await vi.waitFor(async () => {
      const states = await Promise.all(IDS.map((id) => queue.agentState(brand<AgentId>(id))));
      expect(states.map(({ phase }) => phase).filter((phase) => phase !== 'ready' && phase !== 'notReady')).toEqual([]);
    }, { timeout: 20_000, interval: 100 });
  });

  it('nothing of the calls is left in Redis', async () => {
    // What a hang-up that overtook its call leaves behind for a minute goes by itself.
    const left = async (): Promise<readonly string[]> => {
      const keys = await exchange.keysOfCalls();
      const lives = await Promise.all(keys.map((key) => redis.pttl(key)));
      return keys.filter((_, index) => lives[index] === -1);
    };
    await vi.waitFor(async () => expect(await left()).toEqual([]), { timeout: 20_000, interval: 200 });
  });

  it('each caller counts as one thing, none waits for ever, and each talk has its end in the log', async () => {
    const [, survivor] = gateways;
    await vi.waitFor(async () => {
      const answer = await fetch(`${await survivor?.ready}/v1/figures`, { headers: { authorization: 'Bearer a-secret-for-tests-only' } });
      const { queues } = (await answer.json()) as { readonly queues: readonly Record<'offered' | 'answered' | 'abandoned' | 'overflowed' | 'cutOff' | 'waiting', number>[] };
      expect(queues).toMatchObject([{ waiting: 0 }]);
      expect(queues.map(({ answered, abandoned, overflowed, cutOff }) => answered + abandoned + overflowed + cutOff)).toEqual(queues.map(({ offered }) => offered));
      expect(queues[0]?.offered).toBeGreaterThan(SIZE.callers / 2);
    }, { timeout: 20_000, interval: 200 });
    const facts = (await redis.xrange(`${queuePrefix('test')}${KEY_NAMES.FACTS}`, '-', '+')).map(([, [, text = '']]) => readFact(text));
    const callsIn = (type: QueueFact['type']) => new Set(facts.flatMap((fact) => (fact?.type === type && 'callId' in fact ? [fact.callId] : [])));
    const completed = callsIn('call.completed');
    expect([...callsIn('call.answered')].filter((callId) => !completed.has(callId))).toEqual([]);
  });

  it('the gateway that lived on met nothing that it did not expect', () => {
    expect(gateways[1]?.text).toBe('');
  });
});
