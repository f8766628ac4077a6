import { expect, vi } from 'vitest';
import { createTelephony } from '../../gateway/adapters/telephony/telephony.js';
import type { Telephony } from '../../gateway/ports/telephony.js';
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
