import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { figures } from '../../../gateway/cli/queue/figures.js';
import { replay } from '../../../gateway/cli/queue/replay.js';
import { vaxelIn } from '../../support/vaxel-command.js';
import { printed } from '../flow/printed.js';

const T = new Date(2026, 10, 27, 9).getTime();
const MINUTE = 60_000;
const agent = (agentId: string, at: number, phase: string) => ({ type: 'agent.changed', at, agentId, phase, reason: null });

/** Bo answers one call at a time, two minutes each; ten calls come in ten minutes, and those who wait for three give up. */
function lines(): string {
  const facts: object[] = [agent('bo', T, 'notReady'), { type: 'agent.signedIn', at: T, agentId: 'bo', skills: [{ skill: 'billing', level: 5 }] }, agent('bo', T, 'ready')];
  for (let call = 0; call < 10; call += 1) {
    const at = T + call * MINUTE;
    const one = { callId: `c${call}`, queue: 'invoices' };
    facts.push({ type: 'call.arrived', at, ...one, needs: [{ skill: 'billing', minLevel: 1 }], asked: [], band: 100, askedBand: null, isReturning: false });
    if (call % 2 === 1) {
      facts.push({ type: 'call.abandoned', at: at + 3 * MINUTE, ...one, waitMs: 3 * MINUTE });
      continue;
    }
    const offer = { ...one, offerId: `o${call}`, agentId: 'bo' };
    facts.push({ type: 'offer.made', at, ...offer }, { type: 'call.answered', at, ...offer, waitMs: 0 }, agent('bo', at, 'talking'));
    facts.push({ type: 'call.completed', at: at + 2 * MINUTE, ...one, agentId: 'bo', talkMs: 2 * MINUTE, holdMs: 0 }, agent('bo', at + 2 * MINUTE, 'ready'));
  }
  return facts.map((fact, at) => JSON.stringify({ v: 1, id: `f${at}`, ...fact })).join('\n');
}

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vx-queue-'));
  file = join(folder, `${new Date(T).toISOString().slice(0, 10)}.gateway-1.jsonl`);
  await writeFile(file, lines());
});
afterEach(() => rm(folder, { recursive: true }));

describe('vaxel queue figures', () => {
  it('prints queues and agents of a day', async () => {
    const { status, text } = await printed(figures, '--log', folder, '--day', '2026-11-27');
    expect(text).toMatch(/^2026-11-27 00:00 - 2026-11-28 00:00$/m);
    expect(status).toBe(0);
    expect(text).toMatch(/invoices +voice +10 +5 +50\.0 % +5 +50\.0 % +0:00 +2:00$/m);
    expect(text).toMatch(/bo +5 +5 +0 +10:00/);
  });

  it('prints how many callers were blocked, where some were', async () => {
    await writeFile(file, `${lines()}\n${JSON.stringify({ v: 1, id: 'b1', type: 'caller.blocked', at: T, callId: 'b1', number: '100', why: 'withheld', was: 'refused' })}`);
    const { text } = await printed(figures, '--log', folder, '--day', '2026-11-27');
    expect(text).toContain('Blocked callers: 0 by number, 1 with a number withheld');
    const { json } = await printed(figures, '--log', folder, '--day', '2026-11-27', '--json');
    expect(json).toContainEqual(expect.objectContaining({ event: 'blockedCallers', byNumber: 0, withheld: 1 }));
  });

  it('prints of whom we sent elsewhere, cut off or did not reach on lines of their own, where there are some', async () => {
    expect((await printed(figures, '--log', folder, '--day', '2026-11-27')).text).not.toContain('cut off');
    const one = { queue: 'invoices', at: T + MINUTE };
    const arrived = (callId: string) => ({ ...one, type: 'call.arrived', callId, needs: [], asked: [], band: 100, askedBand: null, isReturning: false });
    const more = [
      arrived('broken'), { ...one, type: 'call.abandoned', callId: 'broken', waitMs: 9_000, isCutOff: true },
      arrived('sent'), { ...one, type: 'call.overflowed', callId: 'sent', waitMs: 9_000 },
      arrived('cb'), { ...one, type: 'callback.notReached', callId: 'cb', offerId: null, why: 'busy', isLast: false },
      { ...arrived('other'), queue: 'orders' }, { ...one, type: 'call.answered', callId: 'other', queue: 'orders', offerId: 'o', agentId: 'bo', waitMs: 0 },
    ];
    await writeFile(file, [lines(), ...more.map((fact, at) => JSON.stringify({ v: 1, id: `m${at}`, ...fact }))].join('\n'));
    const { text } = await printed(figures, '--log', folder, '--day', '2026-11-27');
    expect(text).toMatch(/queue +channel +overflowed +cut off +not reached +waiting +resting\ninvoices +voice +1 +1 +1 +0 +1\n\n/);
  });

  it('prints by queue how well its waits were estimated, and whether callers were told them', async () => {
    expect((await printed(figures, '--log', folder, '--day', '2026-11-27')).text).not.toContain('estimated');
    const one = { queue: 'orders', needs: [], asked: [], band: 1, askedBand: null, isReturning: false };
    // Bo takes a call every 100 s, while the next one waits since the one before was answered.
    const busy = Array.from({ length: 40 }, (_, call) => {
      const [at, offer] = [T + call * 100_000, { offerId: `x${call}`, callId: `x${call}`, agentId: 'bo', queue: 'orders' }];
      return [{ type: 'call.arrived', at: at - 100_000, callId: `x${call}`, ...one }, { type: 'offer.made', at, ...offer }, agent('bo', at, 'reserved'), { type: 'call.answered', at, ...offer, waitMs: 100_000 }, agent('bo', at, 'talking')];
    }).flat().sort((a, b) => a.at - b.at);
    const signedIn = [{ type: 'agent.signedIn', at: T - 200_000, agentId: 'bo', skills: [] }, agent('bo', T - 200_000, 'ready')];
    await writeFile(file, [...signedIn, ...busy].map((fact, at) => JSON.stringify({ v: 1, id: `m${at}`, ...fact })).join('\n'));
    const { text } = await printed(figures, '--log', folder, '--day', '2026-11-27');
    expect(text).toMatch(/^queue +estimated +error +bias +told\norders +3\d +\d+\.\d % +-?\d+\.\d % +yes$/m);
    const { json } = await printed(figures, '--log', folder, '--day', '2026-11-27', '--json');
    expect(json).toContainEqual(expect.objectContaining({ event: 'estimates', queue: 'orders', isTrustworthy: true }));
    expect((await printed(figures, '--log', folder, '--day', '2026-11-27', '--intervals')).text).not.toContain('estimated');
  });

  it('breaks no line of a terminal, however long the names of queues are', async () => {
    const name = 'invoices-of-the-northern-region-and-isles';
    await writeFile(file, lines().replaceAll('"invoices"', `"${name}"`));
    const { text } = await printed(figures, '--log', folder, '--day', '2026-11-27');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(text).toMatch(new RegExp(`^queue +channel +offered .*\\n  .*AHT\\n${name} +voice +10 .*\\n  .* +2:00$`, 'm'));
  });

  it('fits a terminal of 80 columns where names are short', async () => {
    const { text } = await printed(figures, '--log', folder, '--day', '2026-11-27');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('finds the log of the system that is named by its folder', async () => {
    const log = join(folder, 'queue-log');
    await mkdir(log);
    await rename(file, join(log, basename(file)));
    expect((await printed(figures, '--var', folder, '--day', '2026-11-27')).text).toMatch(/invoices +voice +10/);
  });

  it('prints one queue or agent a line for machines, by intervals when asked for', async () => {
    const { json } = await printed(figures, '--log', folder, '--day', '2026-11-27', '--json', '--intervals');
    expect(json[0]).toMatchObject({ event: 'queue', from: T, to: T + 15 * MINUTE, queue: 'invoices', offered: 10 });
    // Calls came in one interval; Bo stayed on.
    expect(json.filter(({ event }) => event === 'queue')).toHaveLength(1);
    expect(json.filter(({ event }) => event === 'agent').length).toBeGreaterThan(1);
  });

  it.each([
    [['--day', '2026-11-31'], '--day 2026-11-31: a date such as 2026-11-28'],
    [['--day', '2026-11-20'], 'there are no facts of 2026-11-20'],
    [['--log', '/nowhere'], '/nowhere is not there'],
  ])('says what is wrong with %j', async (args, why) => {
    const { status, text } = await printed(figures, '--log', folder, ...args);
    expect(status).toBe(2);
    expect(text).toContain(why);
  });
});

describe('vaxel queue replay', { timeout: 60_000 }, () => {
  it('prints a day as logged, replayed and changed, side by side', async () => {
    const { status, text, json } = await printed(replay, file, '--agents', 'bo=2', '--json');
    expect(status, text).toBe(0);
    expect(json).toMatchObject([
      { run: 'logged', queue: 'invoices', offered: 10, answered: 5, abandoned: 5 },
      { run: 'replayed', offered: 10 },
      { run: 'changed', offered: 10, answered: 10, abandoned: 0, serviceLevel: { share: 1 } },
    ]);
  });

  it('says that nobody comes to a queue to which only overflow or an operator sent callers', async () => {
    const one = { callId: 'c0', needs: [], asked: [], band: 100, askedBand: null };
    const moved = [{ type: 'call.arrived', ...one, at: T - MINUTE, queue: 'invoices', isReturning: false }, { type: 'call.overflowed', callId: 'c0', at: T, queue: 'invoices', waitMs: MINUTE }, { type: 'call.arrived', ...one, at: T, queue: 'orders', isReturning: true }];
    await writeFile(file, moved.map((fact, at) => JSON.stringify({ v: 1, id: `m${at}`, ...fact })).join('\n'));
    expect((await printed(replay, file)).text).toMatch(/^orders +replayed +0 +0 +- +0 +- +- +-$/m);
  });

  it('says on the error output how far it is, every two seconds', async () => {
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 1_000));
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      await printed(replay, file, '--json');
      expect(written.mock.calls.map(([text]) => text)).toEqual(expect.arrayContaining([expect.stringMatching(/^replayed: played until \d{4}-\d\d-\d\d \d\d:\d\d, \d+ facts\n$/)]));
    } finally {
      clock.mockRestore();
      written.mockRestore();
    }
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const command = vaxelIn({ TMPDIR: folder }, 'queue', 'replay', file);
    const labs = (): readonly string[] => readdirSync(folder).filter((name) => name.startsWith('vaxel-lab-'));
    await vi.waitFor(() => expect(labs()).toHaveLength(1), { timeout: 20_000, interval: 5 });
    command.signal('SIGINT');
    expect(await command.exited).toBe(130);
    expect(labs()).toEqual([]);
  });

  it('takes skills and needs from another contact centre', async () => {
    const { status, text } = await printed(replay, folder, '--day', '2026-11-27', '--with', 'ivr-flows/contact-centre.yaml');
    expect(status, text).toBe(0);
    expect(text).toMatch(/queue +run +offered/);
    expect(text).toMatch(/invoices +changed|note: queue invoices is not in the contact centre/);
  });

  it.each([
    [[], 'name one log'],
    [['LOG', '--agents', 'bo'], '--agents bo: write it as anna=2'],
    [['LOG', '--agents', 'cia=2'], 'there is no agent "cia" in the log; there are bo'],
    [['LOG', '--seed', 'x'], '--seed: a whole number'],
  ])('says what is wrong with %j', async (args, why) => {
    const { status, text } = await printed(replay, ...args.map((arg) => (arg === 'LOG' ? file : arg)));
    expect(status).toBe(2);
    expect(text).toContain(why);
  });
});
