import { describe, expect, it } from 'vitest';
import { QueueOperator } from '../../gateway/app/queue-operator.js';
import { brand, type NodeId, type QueueId } from '../../gateway/core/ids.js';
import type { House} from '../adapters/redis/house.js';
import { agentId, callId, rid, useHouses } from '../adapters/redis/house.js';
import { KeptLog } from '../support/silent-log.js';

let house: House;
let log: KeptLog;
let operator: QueueOperator;
useHouses((own) => {
  house = own;
  log = new KeptLog();
  operator = new QueueOperator({ queue: house.queue, queues: () => [brand<QueueId>('billing')], newRequestId: rid, log });
});

const free = () => operator.order({ do: 'free', agent: agentId('anna') }, 'Eva');

describe('an operator', () => {
  it('frees an agent who talks with a call that nobody ends: not ready, and not offered the next call', async () => {
    await house.agent('anna');
    await house.arrive('c1');
    await house.accept('anna');
    await house.arrive('c2');
    expect(await free()).toEqual({ ok: true, value: null });
    expect(await house.phase('anna')).toBe('notReady(freed)');
    expect((await house.queue.roster()).calls.map((call) => call.callId)).toEqual(['c2']);
  });

  it('frees an agent who idles: not ready', async () => {
    await house.agent('anna');
    await free();
    expect(await house.phase('anna')).toBe('notReady(freed)');
  });

  it('is told that an agent is not signed in', async () => {
    expect(await free()).toMatchObject({ ok: false, error: { code: 'VG_AGENT_UNKNOWN' } });
  });

  it('signs an agent out, after the talk', async () => {
    await house.agent('anna');
    await house.arrive('c1');
    await house.accept('anna');
    await operator.order({ do: 'logout', agent: agentId('anna') }, 'Eva');
    expect(await house.phase('anna')).toBe('talking');
    await house.complete('anna', 'c1');
    expect(await house.phase('anna')).toBe('loggedOut');
  });

  it('moves callers only to queues that there are', async () => {
    await house.arrive('c1');
    expect(await operator.order({ do: 'move', call: callId('c1'), queue: brand('biling') }, 'Eva')).toMatchObject({ ok: false, error: { detail: 'there is no queue "biling"; there are billing' } });
    expect(await operator.order({ do: 'move', call: callId('c1'), queue: brand('billing') }, 'Eva')).toEqual({ ok: true, value: null });
  });

  it('drains a node that there is', async () => {
    expect(await operator.order({ do: 'drain', node: brand<NodeId>('n9') }, 'Eva')).toMatchObject({ ok: false, error: { detail: 'there is no such node' } });
    await house.redis.set(`${house.prefix}pos:n1`, '0-0');
    expect(await operator.order({ do: 'drain', node: brand<NodeId>('n1') }, 'Eva')).toEqual({ ok: true, value: null });
    expect(await house.outbox('n1')).toEqual([{ type: 'node.drained', at: house.now }]);
  });

  it('leaves a line in the log for every order, with the name and what stood against it', async () => {
    await free();
    expect(log.of('operator’s order')).toMatchObject([{ level: 'warn', fields: { by: 'Eva', order: { do: 'free', agent: 'anna' }, refused: 'not signed in' } }]);
  });
});
