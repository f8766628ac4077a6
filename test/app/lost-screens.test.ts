import { beforeEach, describe, expect, it } from 'vitest';
import { LostScreens } from '../../gateway/app/lost-screens.js';
import type { NewFact } from '../../gateway/core/acd/queue-fact.js';
import { brand, type NodeId } from '../../gateway/core/ids.js';
import { useHouses, type House } from '../adapters/redis/house.js';
import { FakeClock } from '../support/fake-clock.js';
import { KeptLog } from '../support/silent-log.js';

let house: House;
useHouses((own) => (house = own));

describe('agents whose gateway died', () => {
  let living: readonly string[];
  let facts: NewFact[];
  let clock: FakeClock;
  const watching = () =>
    new LostScreens({ queue: house.queue, store: { nodes: () => Promise.resolve(living.map((node) => brand<NodeId>(node))) }, record: (fact) => facts.push(fact), clock, log: new KeptLog() });
  let screens: LostScreens;
  beforeEach(async () => {
    living = ['n1', 'n2'];
    facts = [];
    clock = new FakeClock();
    screens = watching();
    await house.agent('anna', {}, 'n1');
    await house.agent('bo', {}, 'n1');
    await house.agent('cia', {}, 'n2');
    await screens.look();
    living = ['n2'];
    await screens.look();
  });
  const phases = () => Promise.all(['anna', 'bo', 'cia'].map((name) => house.phase(name)));

  it('are not ready once the grace for their screens is over, but those whose screen came back elsewhere', async () => {
    clock.advance(4_999);
    await screens.look();
    expect(await phases()).toEqual(['ready', 'ready', 'ready']);
    await house.signIn('bo', {}, 'n2');
    clock.advance(1);
    await screens.look();
    expect(await phases()).toEqual(['notReady(screenLost)', 'ready', 'ready']);
    expect(facts).toMatchObject([{ type: 'agent.changed', agentId: 'anna', phase: 'notReady', reason: 'screenLost', at: house.now }]);
  });

  it('are left alone when the gateway lives after all', async () => {
    living = ['n1', 'n2'];
    await screens.look();
    clock.advance(60_000);
    await screens.look();
    expect(await phases()).toEqual(['ready', 'ready', 'ready']);
  });

  it('are found by one that starts when theirs is gone already', async () => {
    const late = watching();
    await late.look();
    clock.advance(5_000);
    await late.look();
    expect(await phases()).toEqual(['notReady(screenLost)', 'notReady(screenLost)', 'ready']);
  });

  it('are not ready again when the gateway that only stood still before is lost for good', async () => {
    clock.advance(5_000);
    await screens.look();
    living = ['n1', 'n2'];
    await screens.look();
    house.now += 1_000;
    await house.ready('anna');
    living = ['n2'];
    await screens.look();
    clock.advance(5_000);
    await screens.look();
    expect(await house.phase('anna')).toBe('notReady(screenLost)');
  });

  it('are not ready once, whichever gateways say so', async () => {
    const another = watching();
    await another.look();
    clock.advance(5_000);
    await Promise.all([screens.look(), another.look()]);
    const told = (await house.outbox()).filter((event) => event.type === 'agent.changed' && event.agentId === 'anna' && event.state.phase === 'notReady' && event.state.reason === 'screenLost');
    expect([told.length, new Set(facts.map(({ id }) => id)).size]).toEqual([1, 2]);
  });

  it('keep their talk, and are not ready after it', async () => {
    await house.arrive('c1', {});
    await house.accept('anna');
    clock.advance(5_000);
    await screens.look();
    expect(await house.phase('anna')).toBe('talking');
    await house.complete('anna', 'c1');
    expect(await house.phase('anna')).toBe('notReady(screenLost)');
  });
});
