import { describe, expect, it } from 'vitest';
import { ItemDesk, type ItemDeskOptions } from '../../gateway/app/item-desk.js';
import type { KeptItem } from '../../gateway/core/acd/item.js';
import type { QueueFact } from '../../gateway/core/acd/queue-fact.js';
import type { WorkState } from '../../gateway/core/acd/queue-types.js';
import { ok } from '../../gateway/core/errors.js';
import { brand, type AgentId, type QueueId } from '../../gateway/core/ids.js';
import { settle } from '../support/call-fakes.js';
import { FakeClock } from '../support/fake-clock.js';
import { KeptLog } from '../support/silent-log.js';

const ANNA = brand<AgentId>('anna');
const OPEN: WorkState = { phase: 'open', agentId: ANNA, waitMs: 500 };
const ITEM: KeptItem = { id: 'chat-1', channel: 'chat', queue: brand<QueueId>('billing'), title: 'Where is my invoice?', link: null, customer: null, needs: [], band: 0, createdAt: 0, end: null };
const FACT: QueueFact = { type: 'call.completed', id: 'f', at: 1, v: 1, callId: 'item-chat-1', channel: 'chat', queue: ITEM.queue, agentId: ANNA, talkMs: 1, holdMs: 0 };

describe('who waits for news of an item', () => {
  const scene = () => {
    const clock = new FakeClock();
    const world = { item: ITEM, work: OPEN, tell: (_fact: QueueFact): void => undefined };
    const options = {
      queue: { workState: () => Promise.resolve(world.work) },
      store: { find: () => Promise.resolve(ok(world.item)) },
      facts: { onFact: (follower: (fact: QueueFact) => void) => ((world.tell = follower), () => undefined) },
      clock,
      log: new KeptLog(),
    } as unknown as ItemDeskOptions;
    return { world, clock, desk: new ItemDesk(options) };
  };

  it('hears of its end with its note, although whoever ended it has not written it down yet', async () => {
    const { world, desk } = scene();
    const watched = desk.watch('chat-1', 'open', 20_000);
    await settle();
    world.work = { phase: 'ended', agentId: ANNA, waitMs: 500 };
    world.item = { ...ITEM, ending: { result: 'completed', at: 1, agentId: ANNA, note: 'sent it again' } };
    world.tell(FACT);
    expect(await watched).toMatchObject({ ok: true, value: { state: 'completed', item: { end: { note: 'sent it again' } } } });
  });

  it('hears of an end that an earlier release brought about, without a note', async () => {
    const { world, desk } = scene();
    const watched = desk.watch('chat-1', 'open', 20_000);
    await settle();
    world.work = { phase: 'ended', agentId: ANNA, waitMs: 500 };
    world.tell(FACT);
    expect(await watched).toMatchObject({ ok: true, value: { state: 'completed', item: { end: null } } });
  });
});
