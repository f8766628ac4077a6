import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../gateway/config.js';
import { projectFile } from '../../gateway/project.js';
import { composeClients } from '../support/compose-client.js';

interface Service {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | null>>;
}

const servicesOf = (text: string): Readonly<Record<string, Service>> => (parse(text) as { readonly services: Readonly<Record<string, Service>> }).services;
const SERVICES = ['drachtio', 'freeswitch', 'gateway', 'postgres', 'prepare', 'redis'];

const EXAMPLE = readFileSync(projectFile('.env.example'), 'utf8');
const VALUES: Readonly<Record<string, string>> = { SIP_IP: '192.0.2.10', TRUNKS: '198.51.100.0/24', BILLING_URL: 'https://billing.example' };
/** As an operator fills it in: what is empty gets a value, the rest stays. */
const dotEnv = EXAMPLE.replace(/^([A-Z_]+)=$/gm, (_line, name: string) => `${name}=${VALUES[name] ?? `a-secret-of-${name.toLowerCase()}`}`);
const required = [...EXAMPLE.matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name).filter((name) => name !== 'COMPOSE_PROJECT_NAME');

const clients = composeClients();

describe.skipIf(clients.length > 0)('without a Compose program on this machine', () => {
  it('docker-compose.yml is only read as YAML here, and by our own rules in test/media/production-files.test.ts', () => {
    expect(Object.keys(servicesOf(readFileSync(projectFile('docker-compose.yml'), 'utf8'))).sort()).toEqual(SERVICES);
  });
});

describe.each(clients)('$version config', (client) => {
  it('takes the files as an operator fills them in', async () => {
    const { status, output, complaint } = await client.config(dotEnv);
    expect({ status, complaint }).toEqual({ status: 0, complaint: '' });
    const services = servicesOf(output);
    expect(Object.keys(services).sort()).toEqual(SERVICES);
    // Without NAT the public address is the machine's own.
    expect(services['freeswitch']?.environment).toMatchObject({ FS_RTP_IP: '192.0.2.10', FS_PUBLIC_IP: '192.0.2.10' });
    expect(output).not.toMatch(/\$\{|undefined/);
    const environment = Object.entries(services['gateway']?.environment ?? {}).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]]));
    expect(readConfig(Object.fromEntries(environment))).toMatchObject({ trunks: ['198.51.100.0/24'], drainMs: 60_000, outboundTrunk: null });
  });

  it('hands on what is set besides', async () => {
    const { output } = await client.config(`${dotEnv}\nPUBLIC_IP=203.0.113.10\nOUTBOUND_TRUNK=192.0.2.99:5060\n`);
    const services = servicesOf(output);
    expect(services['drachtio']?.command?.join(' ')).toContain('--external-ip 203.0.113.10');
    expect(services['gateway']?.environment).toMatchObject({ OUTBOUND_TRUNK: '192.0.2.99:5060' });
  });

  it.concurrent.each(required)('says what to do when %s is not set', async (name) => {
    const { status, complaint } = await client.config(dotEnv.replace(new RegExp(`^${name}=.*$`, 'm'), ''));
    expect(status).not.toBe(0);
    expect(complaint.trim().split('\n').at(-1)).toContain(`set ${name} to `);
  });
});
