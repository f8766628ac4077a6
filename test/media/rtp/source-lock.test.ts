import { describe, expect, it } from 'vitest';
import { SourceLock } from '../../../media/rtp/source-lock.js';

const sdp = { address: '10.0.0.1', port: 4000 };
const nat = { address: '203.0.113.5', port: 61_000 };
const stranger = { address: '198.51.100.9', port: 5 };
const times = (n: number, lock: SourceLock, from: typeof sdp) => Array.from({ length: n }, () => lock.accept(from));

describe('SourceLock', () => {
  it('sends to the address in SDP until it has heard another for ten packets', () => {
    const lock = new SourceLock();
    lock.expect(sdp);
    times(9, lock, nat);
    expect(lock.target).toEqual(sdp);
    times(1, lock, nat);
    expect(lock.target).toEqual(nat);
  });

  it('locks at once to the address in SDP and hears nobody else then', () => {
    const lock = new SourceLock();
    lock.expect(sdp);
    expect(lock.accept(sdp)).toBe(true);
    expect(times(20, lock, stranger)).not.toContain(true);
    expect(lock.target).toEqual(sdp);
  });

  it('does not mix a second stranger in while it learns', () => {
    const lock = new SourceLock();
    lock.expect(sdp);
    expect(lock.accept(nat)).toBe(true);
    expect(lock.accept(stranger)).toBe(false);
  });

  it('keeps what it learned over a re-INVITE with the same address and learns anew for another', () => {
    const lock = new SourceLock();
    lock.expect(sdp);
    times(10, lock, nat);
    lock.expect({ ...sdp });
    expect(lock.target).toEqual(nat);
    lock.expect(stranger);
    expect(lock.target).toEqual(stranger);
    expect(lock.isLocked).toBe(false);
  });
});
