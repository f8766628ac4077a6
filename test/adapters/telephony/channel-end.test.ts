import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { onChannelEnd } from '../../../gateway/adapters/telephony/channel-end.js';
import type { Endpoint, SipMessage } from '../../../gateway/adapters/telephony/libraries.js';

const BYE = { get: (name: string) => (name === 'Reason' ? 'Q.850;cause=604;text="MEDIA_TIMEOUT"' : undefined) } as unknown as SipMessage;
const PLAIN_BYE = { get: () => undefined } as unknown as SipMessage;

function channel() {
  const endpoint = Object.assign(new EventEmitter(), { dialog: new EventEmitter() });
  const told: (string | undefined)[] = [];
  const isEnding = vi.fn();
  onChannelEnd(endpoint as unknown as Endpoint, (cause) => told.push(cause), isEnding);
  return { socket: endpoint, dialog: endpoint.dialog, told, isEnding };
}

afterEach(() => vi.useRealTimers());

describe('the end of a channel is told once, with FreeSWITCH’s cause', () => {
  it('from the last event on its socket', () => {
    const { socket, dialog, told, isEnding } = channel();
    socket.emit('destroy', { reason: 'MEDIA_TIMEOUT' });
    dialog.emit('destroy', PLAIN_BYE);
    expect(told).toEqual(['MEDIA_TIMEOUT']);
    expect(isEnding).not.toHaveBeenCalled();
  });

  it('from a BYE that came before the socket closed without a word', () => {
    const { socket, dialog, told } = channel();
    dialog.emit('destroy', BYE);
    expect(told).toEqual([]);
    socket.emit('destroy');
    expect(told).toEqual(['MEDIA_TIMEOUT']);
  });

  it('from a BYE that comes after it', () => {
    const { socket, dialog, told, isEnding } = channel();
    socket.emit('destroy');
    expect(told).toEqual([]);
    expect(isEnding).toHaveBeenCalledOnce();
    dialog.emit('destroy', BYE);
    expect(told).toEqual(['MEDIA_TIMEOUT']);
  });

  it('without a cause when no BYE comes, as from a media server that died', () => {
    vi.useFakeTimers();
    const { socket, told } = channel();
    socket.emit('destroy');
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual([undefined]);
  });
});
