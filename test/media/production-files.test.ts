import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ConfigError, readConfig } from '../../gateway/config.js';
import { projectFile } from '../../gateway/project.js';

const COMPOSE = readFileSync(projectFile('docker-compose.yml'), 'utf8');
const EXAMPLE = readFileSync(projectFile('.env.example'), 'utf8');
const DRACHTIO = readFileSync(projectFile('media', 'drachtio', 'drachtio.conf.xml'), 'utf8');
const FREESWITCH = readFileSync(projectFile('media', 'freeswitch', 'freeswitch.xml'), 'utf8');

interface Service {
  readonly image?: string;
  readonly network_mode?: string;
  readonly healthcheck?: object;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | null>>;
}

/** Puts values in as every Compose does: `${A}`, `${A:-default}`, `${A:?message}`, `$$`. Throws for a required one that is missing. */
function interpolate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\{(\w+)(?:(:-|:\?)([^}]*))?\}/g, (_whole, name: string | undefined, kind: string | undefined, word = '') => {
    if (name === undefined) return '$';
    const value = values[name] ?? '';
    if (value === '' && kind === ':?') throw new Error(word);
    return value === '' && kind === ':-' ? word : value;
  });
}

/** The variables that `.env.example` asks for, and the project's name, which Compose reads itself. */
const asked = [...EXAMPLE.matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name);
const required = asked.filter((name) => name !== 'COMPOSE_PROJECT_NAME');
const filled: Record<string, string> = {
  ...Object.fromEntries(required.map((name) => [name, `a-secret-of-${name.toLowerCase()}`])),
  SIP_IP: '192.0.2.10',
  PUBLIC_IP: '203.0.113.10',
  TRUNKS: '198.51.100.0/24',
  BILLING_URL: 'https://billing.example',
};
const services = (values = filled) => (parse(interpolate(COMPOSE, values)) as { readonly services: Readonly<Record<string, Service>> }).services;

describe('the production files', () => {
  it('need what .env.example asks for, each of it', () => {
    expect(required.length).toBeGreaterThan(8);
    for (const name of required) {
      const { [name]: _left, ...others } = filled;
      expect(() => services(others), name).toThrow(name);
    }
    expect(Object.keys(services())).toEqual(['prepare', 'drachtio', 'freeswitch', 'redis', 'postgres', 'gateway']);
  });

  it('give the gateway an environment that it takes', () => {
    const environment = Object.fromEntries(Object.entries(services()['gateway']?.environment ?? {}).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])));
    const config = readConfig(environment);
    expect(config).toMatchObject({ drachtio: { host: '127.0.0.1', port: 9022, secret: filled['DRACHTIO_SECRET'] }, trunks: ['198.51.100.0/24'], drainMs: 60_000 });
    expect(new URL(config.redisUrl).password).toBe(filled['REDIS_PASSWORD']);
    expect(new URL(config.databaseUrl).password).toBe(filled['POSTGRES_PASSWORD']);
    const { API_TOKEN: _token, ...without } = environment;
    expect(() => readConfig(without)).toThrow(ConfigError);
  });

  it('have no value inside a value, which Compose 1.29 would leave as it is', () => {
    expect(COMPOSE).not.toMatch(/\$\{[^}]*\$\{/);
  });

  it('name the same folders for speech, prompts and recordings to the gateway and to FreeSWITCH', () => {
    const { gateway, freeswitch } = services();
    for (const [variable, below] of [['SPEECH_DIR', ''], ['PROMPTS_DIR', ''], ['MESSAGES_DIR', '/recording']] as const) {
      const folder = `${gateway?.environment?.[variable] ?? 'none'}${below}`;
      const mounts = [gateway, freeswitch].map((service) => service?.volumes?.find((volume) => volume.split(':')[1] === folder)?.split(':')[0]);
      expect(mounts[0], variable).toBeDefined();
      expect(mounts[1], variable).toBe(mounts[0]);
    }
  });

  it('keep control ports on the machine', () => {
    const all = services();
    expect(all['drachtio']?.command?.join(' ')).toContain('--address 127.0.0.1');
    expect(DRACHTIO).toMatch(/<admin port="9022">127\.0\.0\.1<\/admin>/);
    expect(FREESWITCH).toContain('data="host=127.0.0.1"');
    for (const name of ['redis', 'postgres']) for (const port of all[name]?.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('watch the health of each server, and take no image that moves', () => {
    for (const [name, service] of Object.entries(services())) {
      if (name !== 'prepare') expect(service.healthcheck, name).toBeDefined();
      expect(service.image).not.toMatch(/:latest$/);
    }
  });

  it('hold no secret', () => {
    for (const text of [COMPOSE, EXAMPLE, DRACHTIO, FREESWITCH]) expect(text).not.toMatch(/cymru|ClueCon/);
    for (const name of ['DRACHTIO_SECRET', 'FREESWITCH_PASSWORD', 'REDIS_PASSWORD', 'POSTGRES_PASSWORD', 'API_TOKEN']) {
      expect(COMPOSE).toMatch(new RegExp(`\\$\\{${name}:\\?`));
      expect(COMPOSE).not.toMatch(new RegExp(`\\$\\{${name}:-`));
    }
  });

  it('let FreeSWITCH write no digits down', () => {
    expect(FREESWITCH).toMatch(/<mappings><map name="all" value="notice,warning,err,crit,alert"\/><\/mappings>/);
  });
});
