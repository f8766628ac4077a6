import { describe, expect, it } from 'vitest';
import { admit, trunkList, trunkListOf, type Admission } from '../../../gateway/adapters/telephony/admission.js';
import type { SipRequest } from '../../../gateway/adapters/telephony/libraries.js';

const SDP = 'v=0\r\nm=audio 4000 RTP/AVP 0 101\r\n';

function invite(changes: { readonly body?: string; readonly from?: string; readonly hasContact?: boolean; readonly sessionExpires?: string } = {}): SipRequest {
  const { body = SDP, from = '192.0.2.1', hasContact = true, sessionExpires } = changes;
  return { body, source_address: from, has: (name: string) => name === 'Contact' && hasContact, get: (name: string) => (name === 'Session-Expires' ? sessionExpires : undefined) } as SipRequest;
}

const open: Admission = { isTrunk: (address) => address === '192.0.2.1', maxCalls: 10, callsNow: () => 0, isUp: () => true, isDraining: () => false };

describe('an INVITE', () => {
  it.each([
    ['with plain RTP audio', invite()],
    ['without an offer, which comes with the ACK', invite({ body: '' })],
    ['with the shortest session time', invite({ sessionExpires: '90' })],
    ['with PCMA behind other codecs', invite({ body: 'v=0\r\nm=audio 4000 RTP/AVP 18 9 8\r\n' })],
    ['with a dynamic payload type for PCMU', invite({ body: 'v=0\r\nm=audio 4000 RTP/AVP 97\r\na=rtpmap:97 pcmu/8000/1\r\n' })],
    ['with video beside the audio', invite({ body: `${SDP}m=video 4002 RTP/AVP 96\r\n` })],
  ] as const)('is admitted: %s', (_what, request) => {
    expect(admit(request, open)).toBeNull();
  });

  it.each([
    ['from a stranger', invite({ from: '198.51.100.7' }), {}, 403],
    ['while draining', invite(), { isDraining: () => true }, 503],
    ['while no media server is there', invite(), { isUp: () => false }, 503],
    ['at the limit of calls', invite(), { callsNow: () => 10 }, 503],
    ['without Contact', invite({ hasContact: false }), {}, 400],
    ['with a session time below 90 s (RFC 4028 section 4)', invite({ sessionExpires: '89;refresher=uac' }), {}, 422],
    ['with encrypted audio only', invite({ body: 'v=0\r\nm=audio 4000 RTP/SAVP 0\r\n' }), {}, 488],
    ['with audio that is switched off', invite({ body: 'v=0\r\nm=audio 0 RTP/AVP 0\r\n' }), {}, 488],
    ['without PCMU and PCMA', invite({ body: 'v=0\r\nm=audio 4000 RTP/AVP 18 108\r\na=rtpmap:108 PCMA-WB/16000\r\n' }), {}, 488],
    ['with a body that is no SDP', invite({ body: 'hello' }), {}, 488],
  ] as const)('is refused %s', (_what, request, changes, status) => {
    expect(admit(request, { ...open, ...changes })?.status).toBe(status);
  });

  it('that may be tried again is told when', () => {
    expect(admit(invite(), { ...open, callsNow: () => 10 })?.headers).toEqual({ 'Retry-After': '5' });
    expect(admit(invite({ from: '198.51.100.7' }), { ...open, isDraining: () => true })?.headers).toEqual({});
  });

  it('that another gateway at this SIP server can take has no Retry-After, which the trunk would take for that server', () => {
    expect(admit(invite(), { ...open, isDraining: () => true })?.headers).toEqual({});
  });

  it('without usable audio is told what is needed', () => {
    expect(admit(invite({ body: 'hello' }), open)?.headers['Warning']).toMatch(/^304 /);
    expect(admit(invite({ body: 'v=0\r\nm=audio 4000 RTP/AVP 18\r\n' }), open)?.headers['Warning']).toMatch(/^305 /);
  });
});

describe('the list of trunks', () => {
  const isTrunk = trunkList(['192.0.2.10', '198.51.100.0/24', '2001:db8::1', '2001:db8:7::/48']);
  it.each([
    ['192.0.2.10', true],
    ['192.0.2.11', false],
    ['198.51.100.0', true],
    ['198.51.100.255', true],
    ['198.51.101.0', false],
    ['2001:db8::1', true],
    ['2001:DB8:0::1', true],
    ['2001:db8::2', false],
    ['2001:db8:7:1::9', true],
    ['2001:db8:8::9', false],
    ['::1', false],
  ] as const)('knows addresses and networks: %s is %s', (address, is) => {
    expect(isTrunk(address)).toBe(is);
  });

  it('that is empty admits nobody', () => {
    expect(trunkList([])('127.0.0.1')).toBe(false);
  });

  it('knows those of a list that was replaced', () => {
    let entries = ['192.0.2.10'];
    const isTrunkNow = trunkListOf(() => entries);
    expect([isTrunkNow('192.0.2.10'), isTrunkNow('192.0.2.11')]).toEqual([true, false]);
    entries = ['192.0.2.11'];
    expect([isTrunkNow('192.0.2.10'), isTrunkNow('192.0.2.11')]).toEqual([false, true]);
  });
});
