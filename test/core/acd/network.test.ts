import { describe, expect, it } from 'vitest';
import { addressFault, networkAround } from '../../../gateway/core/acd/network.js';

describe('an address of a trunk', () => {
  it.each(['192.0.2.10', '192.0.2.10/32', '192.0.2.0/24', '10.0.0.0/8', '0.0.0.0/0', '192.0.2.128/25', '2001:db8::1', '2001:db8::/32', '::/0', '::1/128', '::ffff:192.0.2.0/120', '2001:db8:0:1::/64'])('may be one, or a whole network: %s', (written) => {
    expect(addressFault(written)).toBeNull();
  });

  it.each([
    ['10.0.0.1/8', '10.0.0.0/8'],
    ['192.0.2.129/25', '192.0.2.128/25'],
    ['1.2.3.4/0', '0.0.0.0/0'],
    ['2001:db8::1/32', '2001:db8::/32'],
    ['2001:db8:1:2:3:4:5:6/64', '2001:db8:1:2::/64'],
    ['::ffff:192.0.2.1/120', '0:0:0:0:0:ffff:c000:200/120'],
    ['::1/0', '::/0'],
  ])('is not one with the length of the network around it: %s lies in %s', (written, network) => {
    expect(networkAround(written)).toBe(network);
  });

  it('is told both ways to write it', () => {
    expect(addressFault('10.0.0.1/8')).toEqual({ what: '"10.0.0.1/8" is one address of a network, with the length of the network', fix: 'write 10.0.0.1 for that address, or 10.0.0.0/8 for all 16777216 of the network' });
  });
});
