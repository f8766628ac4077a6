import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { logUnreadableMessages } from '../../../gateway/adapters/telephony/unreadable-messages.js';
import { KeptLog } from '../../support/silent-log.js';

describe('what libraries of telephony write to the console', () => {
  const original = console.error;
  const written = vi.fn();
  beforeEach(() => {
    written.mockReset();
    console.error = written;
  });
  afterEach(() => {
    console.error = original;
  });

  it('about a message it cannot read becomes one line of the log, without the message', () => {
    const log = new KeptLog();
    const restore = logUnreadableMessages(log);
    console.error(new Error('failed to parse sip message'), 'unable to parse incoming message: INVITE sip:+46701234567@x');
    expect(written).not.toHaveBeenCalled();
    expect(log.lines).toEqual([{ level: 'warn', fields: { what: 'incoming message', err: 'failed to parse sip message' }, message: 'unreadable SIP message dropped' }]);
    expect(log.text()).not.toContain('46701234567');
    restore();
  });

  it('about a media server that was lost is left out, the log says it once', () => {
    const restore = logUnreadableMessages(new KeptLog());
    console.error('Mediaserver: lost connection to freeswitch at 127.0.0.1, attempting to reconnect..');
    expect(written).not.toHaveBeenCalled();
    restore();
  });

  it('about anything else still goes there, and all of it once the gateway has stopped', () => {
    const restore = logUnreadableMessages(new KeptLog());
    console.error('something else', 7);
    restore();
    console.error(new Error('late'), 'unable to parse incoming message: x');
    expect(written.mock.calls).toEqual([['something else', 7], [expect.any(Error), 'unable to parse incoming message: x']]);
  });
});
