import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { StoreError } from '../../../gateway/adapters/redis/connection.js';
import { Deadlines } from '../../../gateway/adapters/redis/deadlines.js';

const LIMIT_MS = 100;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const never = new Promise<string>(() => undefined);
const kept = (promise: Promise<unknown>) => promise.then((value) => value, (error: unknown) => error);

it('passes an outcome on, whether good or bad', async () => {
  const deadlines = new Deadlines(LIMIT_MS);
  expect(await deadlines.limit(Promise.resolve('yes'), 'ready')).toBe('yes');
  await expect(deadlines.limit(Promise.reject(new Error('no')), 'ready')).rejects.toThrow('no');
});

it('ends each command at its own limit, in the order in which they were sent, past those that were answered', async () => {
  const deadlines = new Deadlines(LIMIT_MS);
  const ended: string[] = [];
  const send = (name: string, reply: Promise<string>) => void kept(deadlines.limit(reply, name)).then((value) => ended.push(value instanceof StoreError ? value.message : `${name}: ${String(value)}`));
  send('first', never);
  await vi.advanceTimersByTimeAsync(40);
  send('second', Promise.resolve('answered'));
  send('third', never);
  await vi.advanceTimersByTimeAsync(60);
  expect(ended).toEqual(['second: answered', 'first: no answer from Redis']);
  await vi.advanceTimersByTimeAsync(39);
  expect(ended).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(2);
  expect(ended[2]).toBe('third: no answer from Redis');
});

it('still ends an unanswered command after thousands of later ones were answered', async () => {
  const deadlines = new Deadlines(LIMIT_MS);
  const lost = kept(deadlines.limit(never, 'lost'));
  for (let i = 0; i < 3_000; i += 1) await deadlines.limit(Promise.resolve(i), 'other');
  await vi.advanceTimersByTimeAsync(LIMIT_MS);
  expect(await lost).toBeInstanceOf(StoreError);
  expect(await deadlines.limit(Promise.resolve('next'), 'next')).toBe('next');
});
