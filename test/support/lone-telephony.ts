import { expect, vi } from 'vitest';
import { createTelephony } from '../../gateway/adapters/telephony/telephony.js';
import type { IncomingCaller, Telephony } from '../../gateway/ports/telephony.js';
import type { CallerCall, HeadlessPhone } from '../../media/phone/headless-phone.js';
import type { Backend } from './backend.js';
import type { KeptFacts } from './kept-facts.js';
import type { KeptLog } from './silent-log.js';

/** One gateway's telephony at the servers, without the calls above it. */
export async function openTelephony(backend: Backend, { facts, log }: { readonly facts: KeptFacts; readonly log: KeptLog }): Promise<Telephony> {
  const none = { save: () => Promise.resolve(), remove: () => Promise.resolve(), find: () => Promise.resolve(null) };
  const telephony = createTelephony({
    drachtio: backend.drachtio, mediaServers: [backend.freeswitch], listenAddress: '127.0.0.1', domain: 'vaxel', isTrunk: () => true, maxCalls: 10,
    outboundTrunk: null, registrations: none, passwordOf: () => null, nonceSecret: 'a-secret-for-tests-only', now: Date.now, log,
  });
  telephony.onFact((fact) => facts.keep(fact));
  await telephony.start();
  await vi.waitFor(() => expect(telephony.isUp()).toBe(true), { timeout: 5_000, interval: 10 });
  return telephony;
}

/**
 * Places a call that comes to one of these gateways. A SIP server hears of the wishes of a gateway some milliseconds after it has let it in,
 * and refuses calls until then: such a call is placed again.
 */
export async function callThrough(phone: HeadlessPhone, { sip }: Pick<Backend, 'sip'>, facts: KeptFacts): Promise<{ readonly call: CallerCall; readonly caller: IncomingCaller }> {
  for (;;) {
    const call = await phone.call({ from: '+46701234567', to: `sip:+46771000100@${sip.host}:${sip.port}`, maxTalkMs: 20_000 });
    const refused = call.finished.then(({ status }) => (status === 503 ? null : Promise.reject(new Error(`the call was over with ${status}`))));
    const arrived = vi.waitFor(() => {
      const fact = facts.all.find((one) => one.type === 'caller.arrived' && one.caller.sipCallId === call.call.sipCallId);
      if (fact?.type !== 'caller.arrived') throw new Error('no caller yet');
      return fact.caller;
    }, { timeout: 5_000, interval: 5 });
    const caller = await Promise.race([arrived, refused]);
    if (caller !== null) return { call, caller };
    arrived.catch(() => undefined);
  }
}
