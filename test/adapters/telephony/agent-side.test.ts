import { describe, expect, it } from 'vitest';
import { AgentSide } from '../../../gateway/adapters/telephony/agent-side.js';
import type { Legs, LegsOptions } from '../../../gateway/adapters/telephony/legs.js';
import { SipLink } from '../../../gateway/adapters/telephony/sip-link.js';
import { brand } from '../../../gateway/core/ids.js';
import { KeptLog } from '../../support/silent-log.js';

const REQUEST = { callId: brand<never>('call-1'), legId: brand<never>('call-1-a1'), aor: 'sip:anna@elsewhere', beside: null, callerNumber: null, shouldAutoAnswer: false, hasEarlyMedia: false };

/** An agent's phone to be rung from one media server, or none; what the SIP server answers is the test's. */
function rig({ createUAC = () => new Promise(() => undefined), hasMediaServer = true, hasEndpoint = true }: { readonly createUAC?: () => Promise<unknown>; readonly hasMediaServer?: boolean; readonly hasEndpoint?: boolean }) {
  const link = new SipLink();
  link.connected();
  const server = { connected: () => false };
  const spares = { take: () => Promise.resolve(hasEndpoint ? { uuid: 'a1', local: { sdp: '' } } : null), expectAgain: () => undefined, mark: () => undefined };
  const mediaServers = { choose: () => (hasMediaServer ? { server, name: 'one' } : null) };
  const options = { sip: { createUAC }, link, spares, mediaServers, now: () => 0, log: new KeptLog() } as unknown as LegsOptions;
  const side = new AgentSide(options, {} as Legs, { domain: 'vaxel', trunk: null, registrationOf: () => Promise.resolve(null) });
  return { link, ring: () => side.dial(REQUEST, () => undefined) };
}

describe('a ring that fails', () => {
  it.each([
    [486, 'VG_BUSY'],
    [603, 'VG_DECLINED'],
    [480, 'VG_NO_ANSWER'],
    [500, 'VG_FAILED'],
  ])('is the phone’s doing where it answered %i: %s', async (status, code) => {
    expect(await rig({ createUAC: () => Promise.reject(Object.assign(new Error('refused'), { status })) }).ring()).toMatchObject({ ok: false, error: { code } });
  });

  it('is ours where the SIP server goes away meanwhile', async () => {
    const { link, ring } = rig({});
    const rung = ring();
    await new Promise(setImmediate);
    link.lost();
    expect(await rung).toMatchObject({ ok: false, error: { code: 'VG_SIP' } });
  });

  it.each([
    ['there is no media server', { hasMediaServer: false }],
    ['it has nothing for the phone', { hasEndpoint: false }],
  ])('is ours where %s', async (_why, parts) => {
    expect(await rig(parts).ring()).toMatchObject({ ok: false, error: { code: 'VG_MEDIA' } });
  });
});
