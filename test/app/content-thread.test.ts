import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { contentJobs } from '../../gateway/content-jobs.js';
import { ContentThread } from '../../gateway/content-thread.js';
import { projectFile } from '../../gateway/project.js';
import { turnsDuring } from '../support/turns.js';

const SAMPLE = { folder: projectFile('ivr-flows'), environment: { BILLING_URL: 'http://127.0.0.1:1' } };

describe('the thread for authors’ files', () => {
  let thread: ContentThread;
  const begin = (place = SAMPLE, idleMs?: number): ContentThread => (thread = new ContentThread(place, idleMs));
  afterEach(() => thread.close());

  it('gives what its jobs give here, and meanwhile the process turns to others', async () => {
    const here = contentJobs(SAMPLE);
    const { centre, ...checked } = contentOf(here.check(null));
    expect(await turnsDuring(async () => here.check(null))).toBeLessThan(3);
    expect(await turnsDuring(() => begin().ask('check', null))).toBeGreaterThan(30);
    const { centre: centreBeside, ...beside } = contentOf(await thread.ask('check', null));
    expect(isDeepStrictEqual([centreBeside, beside], [centre, checked])).toBe(true);
    expect(await thread.ask('withSkills', 'agents: { anna: { skills: { a: 1 } } }', 'anna', { a: 2 })).toEqual({ ok: true, value: 'agents: { anna: { skills: { a: 2 } } }' });
    expect(await thread.ask('changes', 'domain: a', 'domain: b')).toEqual(['domain a → b']);
  });

  it('answers in the order asked, and reads the folder anew each time', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vaxel-content-'));
    begin({ ...SAMPLE, folder });
    const first = thread.ask('check', null);
    const second = thread.ask('changes', 'a: 1', 'a: 2');
    expect(await Promise.race([second.then(() => 'second'), first.then(() => 'first')])).toBe('first');
    expect(JSON.stringify(await first)).toContain('the file does not exist');
    await writeFile(join(folder, 'contact-centre.yaml'), 'domain: [');
    expect(JSON.stringify(await thread.ask('check', null))).toContain('not valid YAML');
    await rm(folder, { recursive: true });
  });

  it('tells what a job throws, and works on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vaxel-content-'));
    await writeFile(join(folder, 'flows'), 'not a folder');
    await expect(begin({ ...SAMPLE, folder }).ask('check', null)).rejects.toThrow('ENOTDIR');
    expect(await thread.ask('changes', 'a: 1', 'a: 1')).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it('ends when nothing was asked for a while, and begins anew; what waits when it is closed is refused', async () => {
    begin(SAMPLE, 1);
    await thread.ask('changes', '', '');
    await expect.poll(() => thread.isRunning).toBe(false);
    const asked = thread.ask('check', null).catch((error: unknown) => String(error));
    expect(thread.isRunning).toBe(true);
    const closed = thread.close();
    // It may be idle for long enough just as somebody asks.
    expect(await thread.ask('changes', 'domain: a', 'domain: b')).toEqual(['domain a → b']);
    await closed;
    expect(await asked).toContain('the thread for the content ended');
  });
});

function contentOf(loaded: ReturnType<ReturnType<typeof contentJobs>['check']>) {
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.value;
}
