import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import { LegMedia } from '../../../gateway/adapters/telephony/leg-media.js';
import type { Endpoint, MediaServer } from '../../../gateway/adapters/telephony/libraries.js';
import { settle } from '../../support/call-fakes.js';

const DEFAULT = 'local_stream://moh';

/** A media server that plays until the test ends it. */
class FakeChannel extends EventEmitter {
  readonly uuid = 'u1';
  readonly asked: string[] = [];
  private readonly ends: ((response: string) => void)[] = [];

  execute(_app: string, sound: string): Promise<{ getHeader(name: string): string }> {
    this.asked.push(sound);
    return new Promise((resolve) => this.ends.push((response) => resolve({ getHeader: () => response })));
  }

  api(command: string): Promise<string> {
    this.asked.push(command);
    return Promise.resolve('+OK');
  }

  /** The sound that began last ends so. */
  async end(response = 'FILE PLAYED'): Promise<void> {
    this.ends.pop()?.(response);
    await settle();
  }
}

describe('the music of a leg', () => {
  let channel: FakeChannel;
  let media: LegMedia;
  beforeEach(() => {
    channel = new FakeChannel();
    media = new LegMedia(channel as unknown as Endpoint, channel as unknown as MediaServer);
  });

  it('plays its files as one sound, and again when that is over', async () => {
    media.startMusic(['/m/1.wav', '/m/2.wav']);
    await channel.end();
    expect(channel.asked).toEqual(['file_string:///m/1.wav!/m/2.wav', 'file_string:///m/1.wav!/m/2.wav']);
  });

  it('is the default of the media server where that does not find the files, and none where it has no default either', async () => {
    media.startMusic(['/m/1.wav']);
    await channel.end('FILE NOT FOUND');
    await channel.end('FILE NOT FOUND');
    expect(channel.asked).toEqual(['/m/1.wav', DEFAULT]);
  });

  it('goes over to that of another queue, once, and only after an announcement', async () => {
    media.startMusic([]);
    const said = media.play(['/words.wav']);
    media.startMusic(['/m/1.wav']);
    expect(channel.asked).toEqual([DEFAULT, '/words.wav']);
    await channel.end();
    await said;
    media.startMusic(['/m/1.wav']);
    await channel.end();
    expect(channel.asked).toEqual([DEFAULT, '/words.wav', 'uuid_break u1', '/m/1.wav']);
  });

  it('that goes on is not started anew', () => {
    media.startMusic(['/m/1.wav']);
    media.startMusic(['/m/1.wav']);
    expect(channel.asked).toEqual(['/m/1.wav']);
  });
});
