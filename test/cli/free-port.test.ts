import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { portOrAny, whyNot } from '../../gateway/cli/supervisor/free-port.js';

const HOST = '127.0.0.1';

describe('a port that is wished for', () => {
  it('gives way to any free one where another program has it, and is had where nobody has', async () => {
    const other = createServer().listen(0, HOST);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    expect(await portOrAny(port, { host: HOST, needsUdp: false })).toEqual({ port: 0, why: 'is taken by another program' });
    other.close();
    await once(other, 'close');
    expect(await portOrAny(port, { host: HOST, needsUdp: true })).toEqual({ port, why: null });
  });

  it.each([
    ['EADDRINUSE', 'is taken by another program'],
    ['EACCES', 'needs more rights than this user has, as ports below 1024 do'],
    ['EINVAL', 'cannot be had (EINVAL)'],
  ])('says why it cannot be had: %s', (code, why) => {
    expect(whyNot(Object.assign(new Error(code), { code }))).toBe(why);
  });
});
