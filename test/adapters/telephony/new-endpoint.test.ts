import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChannelDialog, MediaServer } from '../../../gateway/adapters/telephony/libraries.js';
import { newEndpoint } from '../../../gateway/adapters/telephony/new-endpoint.js';

const FsmrfServer = createRequire(import.meta.url)('drachtio-fsmrf/lib/mediaserver') as { readonly prototype: object };
/** fsmrf waits so long for the channel's socket. */
const FSMRF_LIMIT_MS = 4_000;

class FakeDialog extends EventEmitter {
  isGone = false;
  ended = 0;

  destroy(): Promise<unknown> {
    this.ended += 1;
    return this.isGone ? Promise.reject(new Error('unable to find dialog')) : Promise.resolve();
  }

  /** FreeSWITCH sends BYE. */
  hungUp(): void {
    this.isGone = true;
    this.emit('destroy');
  }
}

/** fsmrf's own media server, whose FreeSWITCH answers and never opens the channel's socket. */
class SilentFreeswitch {
  readonly dialogs: FakeDialog[] = [];
  readonly server: MediaServer;

  constructor(answer: () => Promise<void> = () => Promise.resolve()) {
    const createUAC = async (): Promise<ChannelDialog> => {
      await answer();
      const dialog = new FakeDialog();
      this.dialogs.push(dialog);
      return dialog;
    };
    const own = { _srf: { createUAC }, _mrf: { customEvents: [] }, sip: { ipv4: { udp: { address: '127.0.0.1:5080' } } }, pendingConnections: new Map(), connected: () => true };
    this.server = Object.assign(Object.create(FsmrfServer.prototype) as MediaServer, own);
  }
}

describe('a channel that is made', () => {
  const unheld = vi.fn();
  beforeEach(() => {
    vi.useFakeTimers();
    unheld.mockClear();
    process.on('unhandledRejection', unheld);
  });
  afterEach(() => {
    vi.useRealTimers();
    process.off('unhandledRejection', unheld);
  });
  const make = (server: MediaServer) => {
    const outcome = vi.fn();
    newEndpoint(server, { headers: {} }).catch((error: unknown) => outcome(String(error)));
    return outcome;
  };
  /** All that nobody holds is told by then. */
  const allTold = async () => {
    await vi.advanceTimersByTimeAsync(2 * FSMRF_LIMIT_MS);
    vi.useRealTimers();
    await new Promise(setImmediate);
  };

  it('is asked for once more when FreeSWITCH hangs up right after its answer, and given up the second time; nobody waits for fsmrf’s four seconds', async () => {
    const freeswitch = new SilentFreeswitch();
    const outcome = make(freeswitch.server);
    await vi.advanceTimersByTimeAsync(10);
    freeswitch.dialogs[0]?.hungUp();
    await vi.advanceTimersByTimeAsync(10);
    expect([freeswitch.dialogs.length, outcome.mock.calls]).toEqual([2, []]);
    freeswitch.dialogs[1]?.hungUp();
    await vi.advanceTimersByTimeAsync(10);
    expect(outcome.mock.calls).toEqual([['Error: FreeSWITCH hung up the channel that it had just answered']]);
    expect(freeswitch.dialogs).toHaveLength(2);
    await allTold();
    expect(unheld).not.toHaveBeenCalled();
  });

  it('whose socket never comes is given up after fsmrf’s four seconds and ended, whatever becomes of that', async () => {
    const freeswitch = new SilentFreeswitch();
    const outcome = make(freeswitch.server);
    await vi.advanceTimersByTimeAsync(10);
    for (const dialog of freeswitch.dialogs) dialog.isGone = true;
    await vi.advanceTimersByTimeAsync(FSMRF_LIMIT_MS);
    expect(outcome.mock.calls).toEqual([['Error: Connection timeout']]);
    expect(freeswitch.dialogs.map(({ ended }) => ended)).toEqual([1]);
    await allTold();
    expect(unheld).not.toHaveBeenCalled();
  });

  it.each([[488, 2], [503, 1]])('that FreeSWITCH refuses with %i is asked for so often: %i', async (status, times) => {
    const answer = vi.fn(() => Promise.reject(Object.assign(new Error(`refused: ${status}`), { status })));
    const outcome = make(new SilentFreeswitch(answer).server);
    await vi.advanceTimersByTimeAsync(10);
    expect(outcome.mock.calls).toEqual([[`Error: refused: ${status}`]]);
    expect(answer).toHaveBeenCalledTimes(times);
  });
});
