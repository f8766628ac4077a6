import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Endpoint, MediaServer } from '../../../gateway/adapters/telephony/libraries.js';
import { SipLink } from '../../../gateway/adapters/telephony/sip-link.js';
import { SpareEndpoints } from '../../../gateway/adapters/telephony/spare-endpoints.js';
import { brand, type CallId, type LegId } from '../../../gateway/core/ids.js';
import { KeptLog } from '../../support/silent-log.js';

const CALL = brand<CallId>('call-1');
const leg = (name: string): LegId => brand<LegId>(name);

/** A media server that makes endpoints at once, unless it is told not to, and notes what is asked of it. */
class FakeMediaServer {
  readonly asked: string[] = [];
  readonly endpoints: EventEmitter[] = [];
  refuses = false;

  constructor(readonly name = 'a') {}

  connected = () => true;
  api = (command: string) => Promise.resolve(String(this.asked.push(command)));
  createEndpoint = ({ headers }: { readonly headers: Readonly<Record<string, string>> }) => {
    if (this.refuses) return Promise.reject(new Error('503'));
    const endpoint = Object.assign(new EventEmitter(), { uuid: `${this.name}${this.endpoints.length + 1}`, headers });
    this.endpoints.push(endpoint);
    return Promise.resolve(endpoint as unknown as Endpoint);
  };
}

function rig() {
  const log = new KeptLog();
  const spares = new SpareEndpoints({ link: new SipLink(), log });
  const fakes = [new FakeMediaServer('a'), new FakeMediaServer('b')] as const;
  const [server, other] = fakes as unknown as readonly [MediaServer, MediaServer];
  const take = async (caller: string, from = server) => (await spares.take({ caller: leg(caller), callId: CALL, server: from }))?.uuid;
  return { spares, server, other, at: fakes[0], atOther: fakes[1], take, log };
}

/** Lets what is ready run; with `ms` that much time passes. */
const pass = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

describe("media endpoints for agents' phones, made ahead", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are as many as callers wait, up to three a media server', async () => {
    const { spares, server, at } = rig();
    expect(spares.size).toBe(0);
    for (const [count, made] of [[1, 1], [2, 2], [3, 3], [4, 3], [5, 3]] as const) {
      spares.expect(leg(`caller-${count}`), server);
      await pass();
      expect(spares.size).toBe(made);
    }
    expect(at.endpoints).toHaveLength(3);
  });

  it("are made on the caller's media server, and taken from no other", async () => {
    const { spares, server, other, take, at, atOther } = rig();
    spares.expect(leg('caller-1'), server);
    await pass();
    expect(await take('caller-2', other)).toBe('b1');
    expect(atOther.asked).toEqual([]);
    expect(await take('caller-1')).toBe('a1');
    expect(at.endpoints).toHaveLength(1);
  });

  it('are marked with the call that uses them, once, when its INVITE has left; a new one is by its INVITE', async () => {
    const { spares, server, at } = rig();
    const take = () => spares.take({ caller: leg('caller-1'), callId: CALL, server });
    spares.expect(leg('caller-1'), server);
    await pass();
    const spare = await take();
    expect(at.asked).toEqual([]);
    for (let again = 0; again < 2; again += 1) if (spare !== null) spares.mark(spare);
    expect(at.asked).toEqual(['uuid_setvar a1 sip_h_X-Call-Ref call-1']);
    const made = await take();
    expect(made).toMatchObject({ uuid: 'a2', headers: { 'X-Call-Ref': 'call-1' } });
    if (made !== null) spares.mark(made);
    expect(at.asked).toHaveLength(1);
  });

  it('are replaced for the others who wait, after the INVITE had time to leave', async () => {
    const { spares, server, take, at } = rig();
    for (const caller of ['1', '2', '3', '4']) spares.expect(leg(caller), server);
    await pass();
    await take('1');
    await pass();
    expect(at.endpoints).toHaveLength(3);
    await pass(50);
    expect(at.endpoints).toHaveLength(4);
    expect(spares.size).toBe(3);
  });

  it('are not replaced for a caller whose phone rings, until that ring is over', async () => {
    const { spares, server, take, at } = rig();
    spares.expect(leg('1'), server);
    await pass();
    await take('1');
    await pass(1_000);
    expect(spares.size).toBe(0);
    spares.expectAgain(leg('1'));
    await pass();
    expect(spares.size).toBe(1);
    expect(at.endpoints).toHaveLength(2);
  });

  it('end when the callers are gone, also one that is still being made', async () => {
    const { spares, server, at } = rig();
    spares.expect(leg('1'), server);
    await pass();
    spares.expect(leg('2'), server);
    spares.forget(leg('2'));
    spares.forget(leg('1'));
    await pass();
    expect(spares.size).toBe(0);
    expect([...at.asked].sort()).toEqual(['uuid_kill a1', 'uuid_kill a2']);
    spares.expectAgain(leg('1'));
    expect(spares.size).toBe(0);
  });

  it('are replaced before the media server ends them for their silence', async () => {
    const { spares, server, take, at } = rig();
    spares.expect(leg('1'), server);
    await pass(10_000);
    expect(at.asked).toEqual(['uuid_kill a1']);
    expect(await take('1')).toBe('a2');
  });

  it('are not handed out when their channel has ended', async () => {
    const { spares, server, take, at } = rig();
    spares.expect(leg('1'), server);
    await pass();
    at.endpoints[0]?.emit('destroy');
    expect(await take('1')).toBe('a2');
  });

  it('are made anew when the SIP server comes back', async () => {
    const { spares, server, take, at } = rig();
    spares.expect(leg('1'), server);
    await pass();
    spares.renew();
    await pass();
    expect(at.asked).toEqual(['uuid_kill a1']);
    expect(await take('1')).toBe('a2');
  });

  it('that cannot be made are not asked for again and again', async () => {
    const { spares, server, take, at, log } = rig();
    at.refuses = true;
    spares.expect(leg('1'), server);
    await pass(60_000);
    expect(log.of('no spare endpoint')).toHaveLength(1);
    expect(spares.size).toBe(0);
    await expect(take('1')).rejects.toThrow('503');
  });

  it('end with the gateway, and none is made from then on', async () => {
    const { spares, server, at } = rig();
    for (const caller of ['1', '2']) spares.expect(leg(caller), server);
    await spares.close();
    expect(at.asked).toEqual(['uuid_kill a1', 'uuid_kill a2']);
    spares.expect(leg('3'), server);
    await pass(60_000);
    expect(spares.size).toBe(0);
  });
});
