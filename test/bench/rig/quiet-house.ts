import { openQueue } from '../../../gateway/adapters/redis/queue.js';
import { brand, type AgentId, type CallId, type NodeId, type QueueId, type RequestId } from '../../../gateway/core/ids.js';
import { KeptLog } from '../../support/silent-log.js';

/** How full a contact centre is with others, whom nobody serves at the moment. */
export interface HouseSize {
  /** Callers in line for skills that none of the ready agents has. */
  readonly waiting: number;
  /** Agents with those skills, and with the measured ones, on break. */
  readonly onBreak: number;
}

const NODE = brand<NodeId>('house');
const RING_MS = 600_000;
/** Skills that the others wait for, each with a line of its own. */
const LINES = 10;
const AT_ONCE = 50;

/** Fills the queue of a running gateway up to that size, through the queue's own interface: no phone, no screen. */
export async function fillHouse(at: { readonly redisUrl: string; readonly tenant: string; readonly skill: string }, size: HouseSize): Promise<void> {
  const queue = openQueue({ url: at.redisUrl, tenant: at.tenant, log: new KeptLog() });
  const skills = [at.skill, ...Array.from({ length: LINES }, (_, line) => `line${line}`)].map((skill) => ({ skill, level: 5 }));
  const asked = (what: string, who: number) => ({ requestId: brand<RequestId>(`house:${what}:${who}`) });
  await inTurn(size.onBreak, async (who) => {
    const agentId = brand<AgentId>(`house-agent-${who}`);
    await queue.signIn({ ...asked('signIn', who), agentId, skills, node: NODE });
    await queue.notReady({ ...asked('break', who), agentId, reason: 'break' });
  });
  await inTurn(size.waiting, async (who) => {
    const line = `line${who % LINES}`;
    const arrived = await queue.arrive({
      ...asked('arrive', who), callId: brand<CallId>(`house-call-${who}`), queue: brand<QueueId>(line), needs: [{ skill: line, minLevel: 1 }], band: 256, node: NODE, ringTimeoutMs: RING_MS, isReturning: false,
    });
    if (!arrived.ok || arrived.value.state !== 'queued') throw new Error(`the house has somebody who serves its callers: ${JSON.stringify(arrived)}`);
  });
  await queue.close();
}

/** So many, some at once. */
async function inTurn(count: number, one: (at: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < count; from += AT_ONCE) await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, more) => one(from + more)));
}
