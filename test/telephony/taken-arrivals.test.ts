import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IncomingCaller, Telephony } from '../../gateway/ports/telephony.js';
import { HeadlessPhone, type CallerCall } from '../../media/phone/headless-phone.js';
import { startBackend, type Backend } from '../support/backend.js';
import { askMediaServer } from '../support/event-socket.js';
import { KeptFacts } from '../support/kept-facts.js';
import { callThrough, openTelephony } from '../support/lone-telephony.js';
import { KeptLog } from '../support/silent-log.js';

/** Two gateways' telephony at one SIP server, without the calls above it: the first one dies at the moment that the test chooses. */
describe('a caller whose gateway dies before it said how it answered', () => {
  let backend: Backend;
  let phone: HeadlessPhone;
  let facts: KeptFacts;
  let log: KeptLog;
  let survivor: Telephony;
  let call: CallerCall;
  beforeAll(async () => {
    backend = await startBackend();
  });
  afterAll(() => backend.close());
  beforeEach(async () => {
    phone = await HeadlessPhone.open({ host: '127.0.0.1' });
    facts = new KeptFacts();
    log = new KeptLog();
  });
  afterEach(async () => {
    await survivor.close();
    await phone.close();
  });

  const open = (): Promise<Telephony> => openTelephony(backend, { facts, log });

  /** A call that came to a gateway which is gone now. `before`: what that gateway did with it. */
  const orphan = async (before: (first: Telephony, caller: IncomingCaller) => Promise<unknown> = () => Promise.resolve()): Promise<IncomingCaller & { readonly arrival: string }> => {
    const first = await open();
    const found = await callThrough(phone, backend, facts);
    const { caller } = found;
    call = found.call;
    if (caller.arrival === null) throw new Error('the caller could not be taken over');
    await before(first, caller);
    await first.close();
    survivor = await open();
    return { ...caller, arrival: caller.arrival };
  };
  const isUp = () => vi.waitFor(() => expect(call.ladder.map(({ event }) => event)).toContain('answered'), { timeout: 5_000, interval: 10 });
  const channels = async (): Promise<number> => Number(/^(\d+) total/m.exec(await askMediaServer(backend.freeswitch, 'show channels count'))?.[1]);

  it('is answered by another gateway, is heard there, and ends the call there', async () => {
    const { callId, legId, arrival } = await orphan();
    expect(await survivor.adoptArrival(callId, legId, arrival)).toBe(true);
    const answered = await survivor.answer(legId);
    expect(answered.ok).toBe(true);
    await isUp();
    call.press('7');
    await vi.waitFor(() => expect(facts.all).toContainEqual(expect.objectContaining({ type: 'leg.digit', legId, digit: '7' })), { timeout: 5_000 });
    call.hangUp();
    await vi.waitFor(() => expect(facts.all).toContainEqual(expect.objectContaining({ type: 'leg.hungUp', legId, by: 'peer' })), { timeout: 5_000 });
    await vi.waitFor(async () => expect(await channels()).toBe(0), { timeout: 5_000 });
  });

  it('hears the end when it had been answered, for nobody knows the channel', async () => {
    const { callId, legId, arrival } = await orphan((first, caller) => first.answer(caller.legId));
    await isUp();
    expect(await survivor.adoptArrival(callId, legId, arrival)).toBe(false);
    expect((await call.finished).result).toBe('completed');
    await vi.waitFor(async () => expect(await channels()).toBe(0), { timeout: 5_000 });
  });

  it('is not answered any more when it has cancelled meanwhile', async () => {
    const { callId, legId, arrival } = await orphan();
    call.hangUp();
    expect((await call.finished).status).toBe(487);
    expect(await survivor.adoptArrival(callId, legId, arrival)).toBe(true);
    expect(await survivor.answer(legId)).toMatchObject({ ok: false, error: { code: 'VG_LEG_GONE' } });
    await vi.waitFor(async () => expect(await channels()).toBe(0), { timeout: 5_000 });
    expect(survivor.counts()).toMatchObject({ legs: 0, arriving: 0 });
  });
});
