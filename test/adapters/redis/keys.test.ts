import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KEY_NAMES, queuePrefix, STORE_KEY_NAMES, storePrefix } from '../../../gateway/adapters/redis/keys.js';
import { loadScripts, QUEUE_SCRIPTS, readLuaFile, STORE_SCRIPTS } from '../../../gateway/adapters/redis/scripts.js';
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

it('joins and compiles every script', async () => {
  for (const [name, script] of Object.entries({ ...loadScripts(QUEUE_SCRIPTS), ...loadScripts(STORE_SCRIPTS) })) {
    expect(await redis.script('LOAD', script.source), name).toBe(script.sha);
  }
});

it('refuses a script that does not say what it uses', () => {
  expect(() => loadScripts(['ready'], () => 'return 1')).toThrow(/uses/);
});
