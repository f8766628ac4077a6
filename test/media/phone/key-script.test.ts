import { describe, expect, it } from 'vitest';
import { KeyPlayer } from '../../../media/phone/key-player.js';
import { type KeyStep, parseKeyScript } from '../../../media/phone/key-script.js';

function steps(text: string): KeyStep[] {
  const parsed = parseKeyScript(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.steps;
}

/** Plays a script with a tick each 20 ms; `sound` lists [from, to] in which sound is heard. Gives what happened and when. */
function play(text: string, opts: { sound?: [number, number][]; untilMs?: number; promptTimeoutMs?: number; keyMs?: number; gapMs?: number } = {}): string[] {
  const log: string[] = [];
  const heard: { lastSoundAtMs: number | undefined } = { lastSoundAtMs: undefined };
  let now = 0;
  const note = (what: string): number => log.push(`${now} ${what}`);
  const { sound = [], untilMs = 5000, ...timing } = opts;
  const player = new KeyPlayer({
    steps: steps(text), heard, ...timing,
    press: (key, durationMs) => note(`${key}/${durationMs}`), hangUp: () => note('hang up'),
    onPromptTimeout: (step) => note(`timeout of step ${step}`), onDone: () => note('done'),
  });
  player.start(0);
  for (; now <= untilMs; now += 20) {
    if (sound.some(([from, to]) => now >= from && now < to)) heard.lastSoundAtMs = now;
    player.tick(now);
  }
  return log;
}

describe('a key script', () => {
  it('reads keys, pauses, prompts and the end', () => {
    expect(steps('1 wait:1500 4#,* prompt prompt:300 a hangup')).toEqual([
      { kind: 'key', key: '1' }, { kind: 'wait', ms: 1500 }, { kind: 'key', key: '4' }, { kind: 'key', key: '#' }, { kind: 'wait', ms: 500 }, { kind: 'key', key: '*' },
      { kind: 'prompt', quietMs: 700 }, { kind: 'prompt', quietMs: 300 }, { kind: 'key', key: 'A' }, { kind: 'hangUp' },
    ]);
    expect(steps('')).toEqual([]);
  });

  it.each(['1 x', '1 wait:', 'wait:-5', 'wait:999999', 'prompt:abc', 'E'])('refuses %j without repeating what was keyed', (text) => {
    const parsed = parseKeyScript(text);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.reason).toMatch(/^word at step \d+ is neither/);
  });
});

describe('the key player', () => {
  it('presses keys one after the other with their length and gap', () => {
    expect(play('12#')).toEqual(['0 1/120', '200 2/120', '400 #/120', '600 done']);
    expect(play('12', { keyMs: 80, gapMs: 40 })).toEqual(['0 1/80', '120 2/80', '240 done']);
  });

  it('counts a pause from the end of the key before it', () => {
    expect(play('1 wait:1000 2')).toEqual(['0 1/120', '1200 2/120', '1400 done']);
  });

  it('presses after a prompt once it was heard and then silent for so long', () => {
    expect(play('prompt:600 1', { sound: [[400, 1400]] })).toEqual(['1980 1/120', '2180 done']);
  });

  it('does not take the silence before a prompt for its end', () => {
    expect(play('prompt:300 1', { sound: [[2000, 2400]] })[0]).toBe('2680 1/120');
  });

  it('does not take a short pause inside a prompt for its end', () => {
    expect(play('prompt:600 1', { sound: [[0, 1000], [1500, 2000]] })[0]).toBe('2580 1/120');
  });

  it('waits for the next prompt after a key, not for the one before it', () => {
    expect(play('prompt:400 1 prompt:400 2', { sound: [[0, 500], [1500, 2000]] })).toEqual(['880 1/120', '2380 2/120', '2580 done']);
  });

  it('gives up on sound that never ends', () => {
    expect(play('prompt:400 1', { sound: [[0, 5000]], promptTimeoutMs: 2000 })).toEqual(['2000 timeout of step 0', '2000 1/120', '2200 done']);
  });

  it('hangs up where the script says so', () => {
    expect(play('1 wait:100 hangup 2')).toEqual(['0 1/120', '300 hang up']);
  });
});
