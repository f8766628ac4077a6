import { expect, it } from 'vitest';
import type { DeskAgent } from '../../gateway/app/agent-tokens.js';
import { FigureFold } from '../../gateway/core/acd/figure-fold.js';
import { workOf } from '../../gateway/core/acd/item.js';
import { brand, type AgentId } from '../../gateway/core/ids.js';
import { Random } from '../adapters/redis/property/random.js';
import { ITEM, useRig, type Rig } from './items-rig.js';

const AGENTS: readonly DeskAgent[] = ['anna', 'bo', 'cia'].map((id) => ({ id: brand<AgentId>(id), name: id, phone: null, skills: [{ skill: 'billing', level: 5 }], channels: ['chat'], isSupervisor: false, tokenSha256: '' }));
const ITEMS = 12;
const ROUNDS = 60;

let rig: Rig;
useRig((own) => (rig = own), AGENTS);

/** What agents, creators and operators do at once, from several gateways. */
async function act(random: Random): Promise<unknown> {
  const { agent, items, seats, house } = rig;
  const { id } = random.of(AGENTS);
  const itemId = `chat-${random.below(ITEMS)}`;
  const [state] = await seats.items(id);
  switch (random.below(9)) {
    case 0:
      return items.create({ ...ITEM, id: itemId });
    case 1:
      return items.cancel(itemId);
    case 2:
      return items.complete(itemId, { note: '' });
    case 3:
      return state?.state.open.length === 0 ? null : agent.done(id, (state?.state.open[0] ?? '').slice('item-'.length), 'done');
    case 4:
      return state?.state.offer == null ? null : agent.decline(id, state.state.offer.offerId);
    case 5:
      return seats.ready(id);
    case 6:
      await seats.notReady(id, 'freed');
      return items.giveBack(id, state?.state.open ?? []);
    case 7:
      rig.clock.advance(random.below(4_000));
      return house.queue.reap(3);
    default:
      return state?.state.offer == null ? seats.ready(id) : agent.accept(id, state.state.offer.offerId);
  }
}

it.each([1, 2, 3, 4, 5])('whatever is done to items at once, each is with one agent or in its line, and counts as one thing in the figures (%i)', { timeout: 60_000 }, async (seed) => {
  const random = new Random(seed);
  for (const agent of AGENTS) await rig.seats.signIn(agent);
  for (let round = 0; round < ROUNDS; round += 1) {
    rig.clock.advance(1 + random.below(500));
    await Promise.all(Array.from({ length: 4 }, () => act(random)));
  }
  const fold = new FigureFold();
  const facts = await rig.house.facts();
  for (const fact of facts) fold.observe(fact);
  const now = rig.clock.now();
  const [chats] = fold.figures({ from: 0, to: now + 1 }, now).queues;
  const standings = await Promise.all(Array.from({ length: ITEMS }, async (_, at) => rig.items.find(`chat-${at}`)));
  const there = standings.flatMap((found) => (found.ok && found.value !== null ? [found.value] : []));
  const count = (...states: readonly string[]): number => there.filter(({ state }) => states.includes(state)).length;
  const open = await Promise.all(AGENTS.map(async ({ id }) => (await rig.seats.items(id))[0]?.state.open ?? []));
  expect(open.flat().sort()).toEqual(there.filter(({ state }) => state === 'open').map(({ item }) => workOf(item.id)).sort());
  expect(there.filter(({ state }) => state === 'lost')).toEqual([]);
  const wasAnswered = new Set(facts.flatMap((fact) => (fact.type === 'call.answered' ? [fact.callId] : [])));
  const came = new Set(facts.flatMap((fact) => (fact.type === 'call.arrived' || (fact.type === 'call.abandoned' && fact.waitMs > 0) ? [fact.callId] : [])));
  const isTakenBack = ({ item, state }: (typeof there)[number]): boolean => state === 'cancelled' && came.has(workOf(item.id)) && !wasAnswered.has(workOf(item.id));
  expect(chats).toMatchObject({ offered: came.size, answered: wasAnswered.size, abandoned: there.filter(isTakenBack).length, waiting: count('queued', 'offered') });
});
