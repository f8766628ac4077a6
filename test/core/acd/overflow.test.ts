import { describe, expect, it } from 'vitest';
import { ableAgents, overflowOf, waitingIn, type QueueFacts } from '../../../gateway/core/acd/overflow.js';
import { queueSchema } from '../../../gateway/core/acd/queue-config.js';
import { poolText, signatureText } from '../../../gateway/core/acd/skills.js';

const rules = queueSchema.parse({
  name: { sv: 'Kö', nb: 'Kø', en: 'Line' },
  needs: {},
  overflow: {
    closed: { hours: 'office', to: 'lastResort' },
    nobody: { to: { queue: 'other' } },
    length: { over: 10, to: { transfer: '112' } },
    estimate: { overSeconds: 600, to: 'lastResort' },
    wait: { overSeconds: 900, to: { queue: 'other' } },
  },
}).overflow;
const calm: QueueFacts = { isOpen: true, able: 3, waiting: 2, estimateMs: 60_000, waitedMs: 0, isWaiting: false };
const ruleAt = (facts: Partial<QueueFacts>) => overflowOf(rules, { ...calm, ...facts })?.rule ?? null;

describe('where a caller goes instead of waiting', () => {
  it.each([
    ['nothing is wrong', {}, null],
    ['the queue is closed', { isOpen: false }, 'closed'],
    ['nobody who can is signed in', { able: 0 }, 'nobody'],
    ['as many wait as may', { waiting: 10 }, 'length'],
    ['one less waits', { waiting: 9 }, null],
    ['the estimate is too long', { estimateMs: 600_001 }, 'estimate'],
    ['there is no estimate to be trusted', { estimateMs: null }, null],
    ['all of it at once: the first of the written order', { isOpen: false, able: 0, waiting: 99, estimateMs: 9e9, waitedMs: 9e9 }, 'closed'],
  ] as const)('%s', (_when, facts, expected) => {
    expect(ruleAt(facts)).toBe(expected);
  });

  it('who waits already stays, whatever happens, but not longer than the queue says', () => {
    expect(ruleAt({ isWaiting: true, isOpen: false, able: 0, waiting: 99, estimateMs: 9e9, waitedMs: 899_999 })).toBeNull();
    expect(ruleAt({ isWaiting: true, waitedMs: 900_000 })).toBe('wait');
  });

  it('who waits at closing time leaves where the queue says so', () => {
    const leaving = { closed: { hours: 'office', waiting: 'leave', to: 'lastResort' } } as const;
    expect(overflowOf(leaving, { ...calm, isWaiting: true, isOpen: false })).toEqual({ rule: 'closed', to: 'lastResort' });
  });
});

describe('what the rules look at', () => {
  const needs = [{ skill: 'billing', minLevel: 5 }];
  const pool = (level: number, notReady: number, working: number) => ({ id: `p${level}`, text: poolText('voice', [{ skill: 'billing', level }]), notReady, working, idle: 0 });
  const line = (channel: 'voice' | 'chat', queue: string, needed: typeof needs, waiting: number) => ({ id: `${channel}-${queue}-${waiting}`, text: signatureText(channel, queue, { needs: needed }), queue, waiting });
  const snapshot = {
    lines: [
      line('voice', 'billing', needs, 2),
      line('voice', 'billing', [], 3),
      line('voice', 'billing2', [], 7),
      line('chat', 'billing', [], 40),
      { id: '@anna', text: '', queue: 'billing', waiting: 1 },
      { id: '@anna', text: '', queue: 'billing2', waiting: 9 },
    ],
    pools: [pool(4, 0, 9), pool(5, 1, 2), pool(9, 0, 1)],
  };

  it('counts agents who can, ready or not', () => {
    expect(ableAgents(snapshot, [signatureText('voice', 'billing', { needs })])).toBe(4);
    expect(ableAgents(snapshot, [signatureText('voice', 'billing', { needs }), signatureText('voice', 'billing', { needs: [] })])).toBe(13);
  });

  it('counts callers of that queue, over all their needs and with those who wait for one agent first, and no chats', () => {
    expect(waitingIn(snapshot, 'billing')).toBe(6);
  });
});
