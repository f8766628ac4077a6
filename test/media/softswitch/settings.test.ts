import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../media/softswitch/settings.js';

const WHOLE = { DRACHTIO_SECRET: 'a', FREESWITCH_PASSWORD: 'b', MOH_DIR: 'moh' };

describe('settings of the softswitch', () => {
  it('need the two secrets and the music folder only', () => {
    expect(readSettings(WHOLE)).toMatchObject({ ok: true, settings: { host: '127.0.0.1', sipPort: 5060, drachtio: { port: 9022 }, rtp: undefined, controlPort: undefined } });
    expect(readSettings({})).toMatchObject({ ok: false });
  });

  it('take 0 for any port', () => {
    expect(readSettings({ ...WHOLE, SIP_PORT: '0', DRACHTIO_PORT: '0', CONTROL_PORT: '0' })).toMatchObject({ ok: true, settings: { sipPort: 0, drachtio: { port: 0 }, controlPort: 0 } });
  });

  it('name what is wrong but never its value', () => {
    const read = readSettings({ ...WHOLE, SIP_PORT: '70000', DRACHTIO_SECRET: '' });
    expect(read.ok ? '' : read.problem).toMatch(/SIP_PORT: .*; DRACHTIO_SECRET: must not be empty/);
    expect(read.ok ? '' : read.problem).not.toContain('7000');
  });

  it('want an RTP range that has a beginning and an end', () => {
    expect(readSettings({ ...WHOLE, RTP_PORT_MIN: '20000', RTP_PORT_MAX: '20100' })).toMatchObject({ ok: true, settings: { rtp: { min: 20_000, max: 20_100 } } });
    expect(readSettings({ ...WHOLE, RTP_PORT_MIN: '20000' }).ok).toBe(false);
  });
});
