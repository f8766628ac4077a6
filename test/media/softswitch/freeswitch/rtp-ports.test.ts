import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPortPair } from '../../../../media/rtp/port-pair.js';
import { HOST, Rig, sdpOf } from './rig.js';

/** As seen on FreeSWITCH 1.10.12 with every port of its range bound by somebody else. */
describe('a switch without a free RTP port', () => {
  let rig: Rig;
  beforeAll(async () => {
    const { port, rtp, rtcp } = await openPortPair(HOST);
    for (const socket of [rtp, rtcp]) socket.close();
    rig = await Rig.open({ rtpPortRange: { min: port, max: port + 1 } });
  });
  afterAll(() => rig.close());

  it('refuses an offer as if no codec fitted, answers without one and hangs up after the ACK; a port that is free again serves', async () => {
    const taken = await rig.leg();
    const [refused] = await once(rig.invite({ body: sdpOf(4000, '0 101') }), 'failed');
    expect(refused).toMatchObject({ status: 488 });
    expect(refused.message.headers.get('reason')).toBe('Q.850;cause=88;text="INCOMPATIBLE_DESTINATION"');
    const answered = rig.invite({ lateAnswer: () => sdpOf(4000, '0 101') });
    const [ended] = await once(answered, 'ended');
    expect(ended).toMatchObject({ by: 'remote' });
    expect(ended.request.headers.get('reason')).toBe('Q.850;cause=88;text="INCOMPATIBLE_DESTINATION"');
    expect(rig.fs.counts()).toMatchObject({ channels: 1 });
    await taken.call.bye();
    await expect.poll(() => rig.fs.counts()).toMatchObject({ channels: 0, rtpSessions: 0 });
    const next = await rig.leg();
    await next.call.bye();
  });
});
