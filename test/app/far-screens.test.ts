import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DeskCalls } from '../../gateway/app/agent-desk.js';
import { FarScreens } from '../../gateway/app/far-screens.js';
import { NodeRelay } from '../../gateway/app/node-relay.js';
import { brand, type AgentId, type CallId, type NodeId, type OfferId } from '../../gateway/core/ids.js';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';
import type { CommandResult, PushOutcome, Screens } from '../../gateway/ports/screens.js';
import { agentId, House } from '../adapters/redis/house.js';
import { startRedis, type TestRedis } from '../support/redis-server.js';
import { KeptLog } from '../support/silent-log.js';
import { systemClock } from '../support/system-clock.js';

const ANNA = agentId('anna');
const GONE: CommandResult = { ok: false, error: { code: 'VG_OFFER_LOST', detail: 'The call is no longer there.' } };
const ENDED: ServerEvent = { type: 'agent', state: { phase: 'loggedOut' } };

/** Which gateway has each call, as the store of calls knows. */
const owners = new Map<string, NodeId>();

/** A gateway with the screens of some agents and one call. */
class Gateway implements Screens, DeskCalls {
  readonly pushed: (readonly [AgentId, ServerEvent, number])[] = [];
  readonly asked: string[] = [];
  readonly far: FarScreens;
  private readonly relay: NodeRelay;
  private readonly abort = new AbortController();

  constructor(house: House, node: string, private readonly has: { readonly agents: readonly AgentId[]; readonly call: string | null }) {
    const name = brand<NodeId>(node);
    this.far = new FarScreens({ queue: house.queue, store: { ownerOf: (callId) => Promise.resolve(owners.get(callId) ?? null) }, node: name, relay: () => this.relay, screens: this, calls: this, isHere: (id) => has.agents.includes(id) });
    this.relay = new NodeRelay({ queue: house.queue, node: name, clock: systemClock, log: new KeptLog(), answer: (body) => this.far.answer(body) });
    void house.queue.events(name, (event) => Promise.resolve(event.type === 'node.message' && this.relay.heard(event.text)).then(() => undefined), this.abort.signal);
  }

  push(...args: readonly [AgentId, ServerEvent, number]): Promise<PushOutcome> {
    this.pushed.push(args);
    return Promise.resolve(this.has.agents.includes(args[0]) ? { sentAt: 1, acknowledgedAt: 2 } : { sentAt: null, acknowledgedAt: null });
  }
  accept = (_agent: AgentId, offer: OfferId) => this.note(`accept ${offer}`, offer.endsWith(`.${this.has.call}`));
  decline = (_agent: AgentId, offer: OfferId) => this.note(`decline ${offer}`, offer.endsWith(`.${this.has.call}`));
  hangUp = (_agent: AgentId, call: CallId) => this.note(`hangUp ${call}`, call === this.has.call);
  wrapUp = (_agent: AgentId, call: CallId, filed: { readonly disposition: string; readonly note: string }) => this.note(`wrapUp ${call} ${filed.disposition} ${filed.note}`, call === this.has.call);
  openOffer: () => readonly ServerEvent[] = () => (this.has.call === null ? [] : [ENDED]);

  close(): void {
    this.abort.abort();
  }

  private note(what: string, isMine: boolean): Promise<CommandResult> {
    this.asked.push(what);
    return Promise.resolve(isMine ? { ok: true } : GONE);
  }
}

let server: TestRedis;
let house: House;
let caller: Gateway;
let desk: Gateway;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(async () => {
  house = new House(server.url, { now: () => 0 });
  caller = new Gateway(house, 'caller', { agents: [], call: 'c1' });
  desk = new Gateway(house, 'desk', { agents: [ANNA], call: null });
  for (const node of ['caller', 'desk']) await house.redis.set(`${house.prefix}pos:${node}`, '0-0');
  await house.agent('anna', { billing: 5 }, 'desk');
  await house.arrive('c1', {}, { node: brand<NodeId>('caller') });
  owners.set('c1', brand('caller'));
});
afterEach(async () => {
  caller.close();
  desk.close();
  await house.close();
});

describe('an agent at one gateway, a caller at another', () => {
  it('is shown what the caller’s gateway pushes, which hears of the acknowledgement', async () => {
    expect(await caller.far.push(ANNA, ENDED, 500)).toEqual({ sentAt: 1, acknowledgedAt: 2 });
    expect(desk.pushed).toEqual([[ANNA, ENDED, 500]]);
    expect(caller.pushed).toEqual([]);
  });

  it('has the commands carried out where the call is', async () => {
    const { offerId, callId } = await house.offerOf('anna');
    expect(await desk.far.accept(ANNA, offerId)).toEqual({ ok: true });
    expect(await desk.far.decline(ANNA, offerId)).toEqual({ ok: true });
    expect(await desk.far.hangUp(ANNA, callId)).toEqual({ ok: true });
    expect(await desk.far.wrapUp(ANNA, callId, { disposition: 'solved', note: 'all well' })).toEqual({ ok: true });
    expect(caller.asked).toEqual([`accept ${offerId}`, `decline ${offerId}`, 'hangUp c1', 'wrapUp c1 solved all well']);
  });

  it('sees the call again after a reconnect', async () => {
    expect(await desk.far.openOffer(ANNA)).toEqual([ENDED]);
  });

  it('has the commands carried out, and sees the talk again, where the call was taken over: the queue names the gateway at which it lined up', async () => {
    await house.arrive('c2', {}, { node: brand<NodeId>('dead') });
    owners.set('c2', brand('caller'));
    caller.close();
    caller = new Gateway(house, 'caller', { agents: [], call: 'c2' });
    await house.agent('bo', { billing: 5 }, 'desk');
    expect((await house.offerOf('bo')).callId).toBe('c2');
    expect(await desk.far.hangUp(agentId('bo'), brand('c2'))).toEqual({ ok: true });
    expect(await desk.far.wrapUp(agentId('bo'), brand('c2'), { disposition: 'solved', note: 'all well' })).toEqual({ ok: true });
    expect(await desk.far.openOffer(agentId('bo'))).toEqual([ENDED]);
  });

  it('sees the call that its own gateway adopted while the dead one was asked', async () => {
    caller.close();
    const asked = desk.far.openOffer(ANNA);
    desk.openOffer = () => [ENDED];
    expect(await asked).toEqual([ENDED]);
  });

  it('is told that a call is gone of which nobody knows', async () => {
    expect(await desk.far.hangUp(ANNA, brand<CallId>('c9'))).toEqual(GONE);
  });
});

describe('an agent and a caller at the same gateway', () => {
  it('go the short way', async () => {
    await desk.far.push(ANNA, ENDED, 0);
    expect(desk.pushed).toHaveLength(1);
    expect(await caller.far.hangUp(ANNA, brand<CallId>('c1'))).toEqual({ ok: true });
    expect(desk.asked).toEqual([]);
  });
});

describe('a gateway that does not answer', () => {
  it('is not waited for longer than the acknowledgement, and a screen of nobody is not sent to', async () => {
    desk.close();
    expect(await caller.far.push(ANNA, ENDED, 50)).toEqual({ sentAt: null, acknowledgedAt: null });
    expect(await caller.far.push(agentId('nobody'), ENDED, 50)).toEqual({ sentAt: null, acknowledgedAt: null });
  });
});
