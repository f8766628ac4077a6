import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KEY_NAMES, queuePrefix, STORE_KEY_NAMES, storePrefix } from '../../../gateway/adapters/redis/keys.js';
import { loadLibrary, QUEUE_SCRIPTS, readLuaFile, STORE_SCRIPTS } from '../../../gateway/adapters/redis/scripts.js';
import { startRedis } from '../../support/redis-server.js';
import type { TestRedis } from '../../support/redis-server.js';

let server: TestRedis;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

/** What a Lua key file says, as Redis reads it. */
async function namesIn(file: string): Promise<Record<string, string>> {
  const source = readLuaFile(file);
  const names = [...source.matchAll(/^local ([A-Z_]+) = '/gm)].map((match) => match[1] ?? '');
  const values = (await redis.eval(`${source}\nreturn { ${names.join(', ')} }`, 1, 'acd:{t}:', '1')) as string[];
  return Object.fromEntries(names.map((name, at) => [name, values[at] ?? '']));
}

it('names the same keys in Lua and TypeScript', async () => {
  expect(await namesIn('keys')).toEqual(KEY_NAMES);
  expect(await namesIn('store-keys')).toEqual(STORE_KEY_NAMES);
});

it('has no two keys that could be the same', () => {
  const names = Object.values(KEY_NAMES);
  for (const name of names) for (const other of names) if (name !== other && name.endsWith(':')) expect(other.startsWith(name)).toBe(false);
});

it('gives all keys of a tenant one hash tag, so that they live in one cluster slot', () => {
  expect(queuePrefix('main')).toBe('acd:{main}:');
  expect(storePrefix('main')).toMatch(/^[^{}]*\{main\}[^{}]*$/);
  expect(() => queuePrefix('a}b')).toThrow(/tenant/);
  expect(() => queuePrefix('')).toThrow(/tenant/);
});

it('joins every verb into a library that Redis takes, with the shared pieces in an order that suits all', async () => {
  for (const library of [loadLibrary(QUEUE_SCRIPTS), loadLibrary(STORE_SCRIPTS)]) {
    const [name = ''] = /vaxel_[0-9a-f]{16}/.exec(library.source) ?? [];
    expect(await redis.function('LOAD', library.source)).toBe(name);
    for (const fn of Object.values(library.functions)) expect(fn.startsWith(`${name}_`)).toBe(true);
  }
});

it('gives another text other function names, so that two releases work side by side', () => {
  const later = loadLibrary(QUEUE_SCRIPTS, (name) => readLuaFile(name).replace('LOG_LENGTH = 96', 'LOG_LENGTH = 48'));
  expect(later.functions.ready).not.toBe(loadLibrary(QUEUE_SCRIPTS).functions.ready);
});

it('refuses a verb that does not say what it uses, and lists that contradict each other', () => {
  expect(() => loadLibrary(['ready'], () => 'return 1')).toThrow(/uses/);
  expect(() => loadLibrary(['ready', 'accept'], (name) => (name === 'ready' ? '-- uses: one two\n' : '-- uses: two one\n'))).toThrow(/contradicting/);
});
