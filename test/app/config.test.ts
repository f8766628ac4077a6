import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../gateway/config.js';

const least = { DATABASE_URL: 'postgres://vaxel@127.0.0.1/vaxel', API_TOKEN: 'a-token-with-16-letters' };

describe('the environment', () => {
  it('needs only the database and the token; all else has a default on this machine', () => {
    expect(readConfig(least)).toMatchObject({
      node: 'gateway-1',
      drachtio: { host: '127.0.0.1', port: 9022 },
      mediaServers: [{ host: '127.0.0.1', port: 8021 }],
      redisUrl: 'redis://127.0.0.1:6379',
      http: { host: '127.0.0.1', port: 8080, origins: [] },
      maxCalls: 500,
      logLevel: 'info',
    });
  });

  it('gives any number of media servers one password', () => {
    const { mediaServers } = readConfig({ ...least, FREESWITCH: 'fs1:8021, fs2:8031', FREESWITCH_PASSWORD: 'secret' });
    expect(mediaServers).toEqual([
      { host: 'fs1', port: 8021, secret: 'secret' },
      { host: 'fs2', port: 8031, secret: 'secret' },
    ]);
  });

  it('takes lists apart and leaves empty places out', () => {
    expect(readConfig({ ...least, DESK_ORIGINS: 'https://desk.example, ,https://two.example' }).http.origins).toEqual(['https://desk.example', 'https://two.example']);
  });

  it.each([
    ['DATABASE_URL', undefined],
    ['API_TOKEN', undefined],
    ['API_TOKEN', 'short'],
    ['VAXEL_NODE', 'two words'],
    ['DRACHTIO_PORT', '70000'],
    ['DRACHTIO_PORT', 'many'],
    ['HTTP_PORT', '-1'],
    ['MAX_CALLS', '0'],
    ['RECORDING_DAYS', '-1'],
    ['LOG_LEVEL', 'loud'],
    ['TRUNKS', '192.0.2.0/24, 10.0.0.1/8'],
    ['FREESWITCH', 'nowhere'],
    ['FREESWITCH', 'host:'],
    ['REDIS_URL', 'redis-cluster://redis-1,redis-2'],
  ] as const)('that is wrong is refused by the variable’s name: %s=%s', (name, value) => {
    const read = () => readConfig({ ...least, [name]: value });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(name);
  });

  it('names all that is wrong at once', () => {
    expect(() => readConfig({ MAX_CALLS: 'x' })).toThrow(/DATABASE_URL[\s\S]*API_TOKEN[\s\S]*MAX_CALLS/);
  });

  it('never repeats a secret in what it says', () => {
    try {
      readConfig({ ...least, API_TOKEN: 'hunter2', DRACHTIO_PORT: 'x' });
      expect.unreachable();
    } catch (error) {
      expect(String(error)).not.toContain('hunter2');
    }
  });
});
