import { describe, expect, it, vi } from 'vitest';
import { Registrar } from '../../../gateway/adapters/telephony/registrar.js';
import type { SipRequest } from '../../../gateway/adapters/telephony/libraries.js';
import { answerChallenge, parseChallenge } from '../../../media/sip/digest.js';
import { KeptLog } from '../../support/silent-log.js';

const ANNA = { username: 'anna', password: 'anna-phone-password' };

/** A REGISTER as drachtio-srf hands it over; the test reads its answer. */
function register(registrar: Registrar, authorization?: string): Promise<{ readonly status: number; readonly headers: Readonly<Record<string, string>> }> {
  const headers: Readonly<Record<string, string>> = { to: '<sip:anna@vaxel>', contact: '<sip:anna@127.0.0.1:5070>', ...(authorization === undefined ? {} : { authorization }) };
  const request = { get: (name: string) => headers[name.toLowerCase()], protocol: 'udp', source_address: '127.0.0.1', source_port: '5070' } as unknown as SipRequest;
  return new Promise((resolve) => {
    const send = (status: number, _reason?: string, options?: { readonly headers?: Readonly<Record<string, string>> }): void => resolve({ status, headers: options?.headers ?? {} });
    registrar.handle(request, { finalResponseSent: false, send });
  });
}

describe('a phone that registers', () => {
  it('is told when to try again while the registrations cannot be kept', async () => {
    const save = vi.fn<() => Promise<void>>().mockRejectedValueOnce(new Error('no answer from Redis')).mockResolvedValue();
    const registrar = new Registrar({ domain: 'vaxel', nonceSecret: 'a-secret', passwordOf: () => ANNA.password, save, remove: () => Promise.resolve(), now: () => 0, log: new KeptLog() });
    const challenge = parseChallenge((await register(registrar)).headers['WWW-Authenticate']?.split('\r\n')[0] ?? '');
    if (challenge === undefined) throw new Error('no challenge');
    const attempt = (nonceCount: number) => register(registrar, answerChallenge(challenge, ANNA, { method: 'REGISTER', uri: 'sip:vaxel', nonceCount }));
    expect(await attempt(1)).toEqual({ status: 503, headers: { 'Retry-After': '5' } });
    expect(await attempt(2)).toMatchObject({ status: 200 });
  });
});
