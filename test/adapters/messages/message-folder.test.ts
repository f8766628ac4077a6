import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MessageFolder } from '../../../gateway/adapters/messages/message-folder.js';
import type { VoiceMessage } from '../../../gateway/core/thread/voice-message.js';
import { joinSounds, silence, tone } from '../../../media/rtp/tone.js';
import { formatWav, parseWav } from '../../../media/rtp/wav.js';
import { UNMAKEABLE } from '../../support/unmakeable.js';
import { KeptLog } from '../../support/silent-log.js';

const messageOf = (id: string, at = 1_000): VoiceMessage => ({ id, callId: 'call-1', at, durationMs: 1_000, number: '+46701234567', customer: { id: '1001', name: 'Anna' }, reason: 'outage', language: 'sv', flow: 'main-menu' });
const SAID = tone([600], 1_000);

describe('the folder of messages', () => {
  let folder: string;
  let store: MessageFolder;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vaxel-messages-'));
    store = new MessageFolder({ folder, log: new KeptLog() });
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** As the media server does. */
  const record = async (id: string, pcm = joinSounds([SAID, silence(2_000)])): Promise<void> => {
    const path = await store.recordingPath(id);
    if (!path.ok) throw new Error(path.error.detail);
    await writeFile(path.value, formatWav({ sampleRate: 8_000, pcm }));
  };
  const names = async (): Promise<readonly string[]> => (await readdir(folder, { recursive: true })).sort();

  it.each([
    ['up to the last sound', joinSounds([SAID, silence(2_000)]), 1_000],
    ['with the pauses in it', joinSounds([SAID, silence(1_500), SAID, silence(500)]), 3_500],
    ['nothing of silence', silence(4_000), 0],
    ['nothing of what is too faint to hear', tone([600], 2_000, 100), 0],
    ['nothing of nothing', silence(0), 0],
  ])('measures a recording %s', async (_how, pcm, ms) => {
    await record('a', pcm);
    expect(await store.measure('a')).toEqual({ ok: true, value: ms });
  });

  it('measures nothing where nothing was recorded, and what a recorder that was cut off left', async () => {
    expect(await store.measure('a')).toEqual({ ok: true, value: 0 });
    await record('a');
    const path = join(folder, 'recording', 'a.wav');
    const file = await readFile(path);
    file.writeUInt32LE(0, 40);
    await writeFile(path, file.subarray(0, 44 + 8_001));
    expect(await store.measure('a')).toEqual({ ok: true, value: 500 });
  });

  it.each([['no WAV', Buffer.from('hello world, this is no sound')], ['another rate', formatWav({ sampleRate: 16_000, pcm: SAID })]])('does not measure %s', async (_what, file) => {
    await record('a');
    await writeFile(join(folder, 'recording', 'a.wav'), file);
    expect(await store.measure('a')).toMatchObject({ ok: false, error: { code: 'VG_STORE' } });
  });

  it('keeps a message whole, without the silence that ended it, for the gateway’s user alone', async () => {
    await record('a');
    expect(await store.keep(messageOf('a'))).toEqual({ ok: true, value: null });
    expect(await names()).toEqual(['a.json', 'a.wav', 'recording']);
    for (const name of ['a.json', 'a.wav']) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    const { pcm } = parseWav(await readFile(join(folder, 'a.wav')));
    expect(pcm.length).toBe(1_300 * 8);
    expect(pcm.subarray(0, SAID.length)).toEqual(SAID);
    expect(await store.open()).toEqual({ ok: true, value: [messageOf('a')] });
    expect((await store.sound('a'))?.toString('latin1', 0, 4)).toBe('RIFF');
  });

  it('keeps it once, however often it is told', async () => {
    await record('a');
    await store.keep(messageOf('a'));
    expect(await store.keep(messageOf('a', 9))).toEqual({ ok: true, value: null });
    expect(await store.find('a')).toEqual(messageOf('a'));
  });

  it('refuses a recording at once where no folder can be made', async () => {
    const nowhere = new MessageFolder({ folder: UNMAKEABLE, log: new KeptLog() });
    expect(await nowhere.recordingPath('a')).toMatchObject({ ok: false, error: { code: 'VG_STORE', detail: expect.stringContaining('ENOENT') } });
  });

  it('keeps nothing where nothing was recorded', async () => {
    expect(await store.keep(messageOf('a'))).toMatchObject({ ok: false });
    expect(await store.find('a')).toBeNull();
  });

  it('does not show a message that is not whole yet', async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'a.wav'), 'x');
    expect([await store.open(), await store.sound('a')]).toEqual([{ ok: true, value: [] }, null]);
  });

  it('lists the oldest first, and no more what is dealt with', async () => {
    for (const [id, at] of [['b', 2], ['a', 1], ['c', 3]] as const) {
      await record(id);
      await store.keep(messageOf(id, at));
    }
    expect(await store.markDone('a', { agent: 'Anna', at: 9, note: 'called' })).toEqual({ ok: true, value: messageOf('a', 1) });
    const open = await store.open();
    expect(open.ok && open.value.map(({ id }) => id)).toEqual(['b', 'c']);
    expect([await store.isDone('a'), await store.isDone('b')]).toEqual([true, false]);
  });

  it('lets one of two deal with a message', async () => {
    await record('a');
    await store.keep(messageOf('a'));
    const both = await Promise.all(['Anna', 'Bo'].map((agent) => store.markDone('a', { agent, at: 9, note: '' })));
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await store.markDone('b', { agent: 'Anna', at: 9, note: '' })).toMatchObject({ ok: false, error: { code: 'VG_REFUSED' } });
  });

  it('removes all of a message, and recordings that became none', async () => {
    await record('a');
    await store.keep(messageOf('a', 5));
    await store.markDone('a', { agent: 'Anna', at: 9, note: '' });
    await record('old');
    await utimes(join(folder, 'recording', 'old.wav'), 1, 1);
    await record('new');
    expect((await store.olderThan(6)).map(({ id }) => id)).toEqual(['a']);
    expect(await store.olderThan(5)).toEqual([]);
    await store.remove('a');
    await store.clear(1_000_000);
    expect(await names()).toEqual(['recording', 'recording/new.wav']);
  });

  it.each(['../a', 'a/b', '', 'a.b', 'x'.repeat(121)])('takes no id that could lead elsewhere (%#)', async (id) => {
    expect((await store.recordingPath(id)).ok).toBe(false);
    expect((await store.measure(id)).ok).toBe(false);
    expect((await store.keep(messageOf(id))).ok).toBe(false);
    expect([await store.find(id), await store.sound(id), (await store.markDone(id, { agent: 'a', at: 1, note: '' })).ok]).toEqual([null, null, false]);
    await store.remove(id);
    await store.discard(id);
    expect(await names()).toEqual([]);
  });

  it('is refused where its folder cannot be', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    expect(await new MessageFolder({ folder: file, log: new KeptLog() }).recordingPath('a')).toMatchObject({ ok: false, error: { code: 'VG_STORE' } });
  });
});
