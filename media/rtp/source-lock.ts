/** Where a stream comes from or goes to. */
export interface RtpAddress {
  readonly address: string;
  readonly port: number;
}

/** So many packets from one other address than SDP names make it the peer (a phone behind NAT). */
const LEARN_AFTER_PACKETS = 10;

/** Addresses counted at the same time while learning; more is a scan. */
const MAX_CANDIDATES = 4;

/**
 * Symmetric RTP: answers go where packets come from. The address in SDP counts at once; any other one must send for a while, and while
 * SDP's own address is heard no other can take over. Once found the peer is locked until new SDP arrives, so that nobody else can join in.
 */
export class SourceLock {
  #expected: RtpAddress | undefined;
  #locked: RtpAddress | undefined;
  readonly #candidates = new Map<string, number>();

  /** The address that SDP gives. The same address as before keeps the lock (a re-INVITE for hold). */
  expect(remote: RtpAddress | undefined): void {
    if (isSame(this.#expected, remote)) return;
    this.#expected = remote;
    this.#locked = undefined;
    this.#candidates.clear();
  }

  /** Where to send: the learned source, else what SDP says. */
  get target(): RtpAddress | undefined {
    return this.#locked ?? this.#expected;
  }

  get isLocked(): boolean {
    return this.#locked !== undefined;
  }

  /** Notes one valid packet; false if it must be dropped because it is from a stranger. */
  accept(from: RtpAddress): boolean {
    if (this.#locked !== undefined) return isSame(this.#locked, from);
    if (isSame(this.#expected, from)) return this.#lock(from);
    const key = `${from.address}:${from.port}`;
    const count = (this.#candidates.get(key) ?? 0) + 1;
    if (count === 1 && this.#candidates.size >= MAX_CANDIDATES) return false;
    this.#candidates.set(key, count);
    if (count >= LEARN_AFTER_PACKETS) return this.#lock(from);
    // Only the first stranger is heard before it is locked, else two streams would be mixed up.
    return this.#candidates.keys().next().value === key;
  }

  #lock(from: RtpAddress): true {
    this.#locked = { address: from.address, port: from.port };
    this.#candidates.clear();
    return true;
  }
}

function isSame(a: RtpAddress | undefined, b: RtpAddress | undefined): boolean {
  return a?.address === b?.address && a?.port === b?.port;
}
