import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { hearOnlyWhatIsRead } from '../../../gateway/adapters/telephony/event-socket-events.js';

interface Connection {
  subscribe(names: string | readonly string[]): void;
}

/** The library's own connection, which notes what it asks the media server for. */
function connection(): { readonly link: Connection; readonly asked: unknown[] } {
  const { Connection } = createRequire(import.meta.url)('drachtio-modesl') as { Connection: { prototype: Connection } };
  const asked: unknown[] = [];
  const link = Object.assign(Object.create(Connection.prototype) as Connection, { reqEvents: [], sendRecv: (command: string) => asked.push(command) });
  return { link, asked };
}

describe('events on the event socket', () => {
  it('of a channel are those that somebody reads', () => {
    hearOnlyWhatIsRead();
    const { link, asked } = connection();
    link.subscribe('CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_PROGRESS_MEDIA DTMF CUSTOM conference::maintenance');
    expect(asked).toEqual(['event json CHANNEL_EXECUTE_COMPLETE CHANNEL_CALLSTATE DTMF']);
  });

  it('of a media server are those that were asked for', () => {
    hearOnlyWhatIsRead();
    const { link, asked } = connection();
    link.subscribe(['CUSTOM', 'vaxel::peers']);
    expect(asked).toEqual(['event json CUSTOM vaxel::peers']);
  });
});
