import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { brand, type NodeId } from '../../gateway/core/ids.js';
import type { IncomingCaller, LegHandle, Telephony } from '../../gateway/ports/telephony.js';
import { HeadlessPhone, type CallerCall } from '../../media/phone/headless-phone.js';
import { startBackend, type Backend } from '../support/backend.js';
import { askMediaServer, hearPeers, sendToMediaServer } from '../support/event-socket.js';
import { KeptFacts } from '../support/kept-facts.js';
import { callThrough, openTelephony } from '../support/lone-telephony.js';
import { KeptLog } from '../support/silent-log.js';

/** Gateways' telephony at one SIP server, without the calls above it. */
describe('an answered call that another gateway has taken', () => {
  let backend: Backend;
  let phone: HeadlessPhone;
  let open: Telephony[];
  const log = new KeptLog();
  beforeAll(async () => {
    backend = await startBackend();
  });
  afterAll(() => backend.close());
  beforeEach(async () => {
    open = [];
    phone = await HeadlessPhone.open({ host: '127.0.0.1' });
  });
  afterEach(async () => {
    await Promise.all(open.map((telephony) => telephony.close()));
    await phone.close();
  });

  const gateway = async (): Promise<{ readonly telephony: Telephony; readonly facts: KeptFacts }> => {
    const facts = new KeptFacts();
    const telephony = await openTelephony(backend, { facts, log });
    open.push(telephony);
    return { telephony, facts };
  };
  const answered = async ({ telephony, facts }: Awaited<ReturnType<typeof gateway>>): Promise<{ readonly call: CallerCall; readonly caller: IncomingCaller; readonly handle: LegHandle }> => {
    const { call, caller } = await callThrough(phone, backend, facts);
    const handle = await telephony.answer(caller.legId);
    if (!handle.ok) throw new Error(handle.error.detail);
    await vi.waitFor(() => expect(call.ladder.map(({ event }) => event)).toContain('answered'), { timeout: 5_000, interval: 10 });
    return { call, caller, handle: handle.value };
  };

  /** A gateway that closes before the end of a call leaves its channel to others. */
  const isOver = (telephony: Telephony) => vi.waitFor(() => expect(telephony.counts()).toMatchObject({ legs: 0 }), { timeout: 5_000 });

  // drachtio-server tells the end of such a dialog to one of the gateways, in turn.
  it('ends there when the caller hangs up, whichever gateway the SIP server tells', async () => {
    const first = await gateway();
    const calls = [await answered(first), await answered(first), await answered(first)];
    await first.telephony.close();
    const [taker, ...bystanders] = [await gateway(), await gateway(), await gateway()];
    for (const { caller, handle } of calls) expect(await taker.telephony.adopt(caller.callId, handle, true)).toBe('alive');
    for (const { call, caller } of calls) {
      call.hangUp();
      await vi.waitFor(() => expect(taker.facts.all).toContainEqual(expect.objectContaining({ type: 'leg.hungUp', legId: caller.legId, by: 'peer' })), { timeout: 5_000 });
    }
    for (const { facts } of bystanders) expect(facts.all.map(({ type }) => type)).not.toContain('leg.hungUp');
    expect(taker.telephony.counts()).toMatchObject({ legs: 0 });
  });

  it('was left by a caller whose dialog is gone, and is lost where our own side of it is gone', async () => {
    const first = await gateway();
    const [leaver, lost, away] = [await answered(first), await answered(first), await answered(first)];
    await first.telephony.close();
    const { telephony } = await gateway();
    leaver.call.hangUp();
    await leaver.call.finished;
    await askMediaServer(backend.freeswitch, `uuid_kill ${lost.handle.channel}`);
    expect(await telephony.adopt(leaver.caller.callId, leaver.handle, false)).toBe('left');
    expect(await telephony.adopt(lost.caller.callId, lost.handle, false)).toBe('lost');
    await lost.call.finished;
    expect(await telephony.adopt(away.caller.callId, { ...away.handle, mediaServer: 'one that is away' }, false)).toBe('lost');
    await away.call.finished;
    // Nobody is left who would end it.
    await askMediaServer(backend.freeswitch, `uuid_kill ${away.handle.channel}`);
  });

  it('is told to all gateways by way of the media server, so that one that lives yet lets go of it', async () => {
    const [first, second] = [await gateway(), await gateway()];
    const word = { type: 'call.taken', callId: 'c1', by: 'n2' };
    await second.telephony.tellTaken(brand('c1'), brand<NodeId>('n2'));
    for (const { facts } of [first, second]) await vi.waitFor(() => expect(facts.all).toContainEqual(word), { timeout: 5_000 });
  });

  it('is all that gateways tell each other: of calls that end where they were answered there is no word', async () => {
    const { telephony, facts } = await gateway();
    const words = await hearPeers(backend.freeswitch);
    const calls = [await answered({ telephony, facts }), await answered({ telephony, facts })];
    calls[0]?.call.hangUp();
    await telephony.hangUp(calls[1]?.caller.legId ?? brand('none'), 'over');
    await isOver(telephony);
    // What the SIP server told of those calls came before this one.
    const { call } = await answered({ telephony, facts });
    await telephony.tellTaken(brand('c1'), brand<NodeId>('n2'));
    expect(await words.next()).toEqual({ type: 'call.taken', callId: 'c1', by: 'n2' });
    words.close();
    call.hangUp();
    await isOver(telephony);
  });

  it('is heard beside words that are not known here, as those of a newer gateway', async () => {
    const { telephony, facts } = await gateway();
    const unknown = Buffer.from('{"type":"of.tomorrow"}').toString('base64url');
    for (const text of [unknown, 'no JSON', '']) await sendToMediaServer(backend.freeswitch, `sendevent CUSTOM\nEvent-Subclass: vaxel::peers\nVaxel-Word: ${text}`);
    await telephony.tellTaken(brand('c1'), brand<NodeId>('n2'));
    await vi.waitFor(() => expect(facts.all).toEqual([{ type: 'call.taken', callId: 'c1', by: 'n2' }]), { timeout: 5_000 });
  });
});
