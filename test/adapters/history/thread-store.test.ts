import { createServer, type Server } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openThreadStore, type PostgresThreadStore } from '../../../gateway/adapters/history/thread-store.js';
import { brand, type CustomerId } from '../../../gateway/core/ids.js';
import type { Interaction } from '../../../gateway/core/thread/interaction.js';
import { historyFolder, startHistory, type HistoryServer } from '../../support/history-server.js';
import { KeptLog } from '../../support/silent-log.js';

const customer = (id: string): CustomerId => brand<CustomerId>(id);

let serial = 0;
function interaction(changes: Partial<Omit<Interaction, 'data'>> & { data?: Partial<Interaction['data']> } = {}): Interaction {
  serial += 1;
  const { data, ...rest } = changes;
  return {
    specversion: '1.0',
    id: `i-${serial}`,
    source: '/test',
    type: 'vaxel.web.visit',
    subject: `cust-${serial}`,
    time: new Date(Date.UTC(2026, 9, 1, 12, 0, serial)).toISOString(),
    datacontenttype: 'application/json',
    data: { channel: 'web', direction: 'in', summary: `visit ${serial}`, path: [], ...data },
    ...rest,
  };
}

describe('the thread store on PostgreSQL', () => {
  let folder: Awaited<ReturnType<typeof historyFolder>>;
  let server: HistoryServer;
  let store: PostgresThreadStore;
  /** Its answers come, however busy the machine is. */
  let patient: PostgresThreadStore;
  const log = new KeptLog();

  beforeAll(async () => {
    folder = await historyFolder();
    server = await startHistory(folder.path);
    store = await openThreadStore({ url: server.url, log });
    patient = await openThreadStore({ url: server.url, log, limitMs: 60_000 });
  });
  afterAll(async () => {
    await patient.close();
    await store.close();
    await server.stop();
    await folder.remove();
  });

  it('answers newest first, by customer', async () => {
    for (const [id, day] of [['a1', 3], ['a2', 9], ['a3', 5]] as const) {
      await store.append(interaction({ id, subject: 'cust-a', time: `2026-10-0${day}T10:00:00.000Z` }));
    }
    await store.append(interaction({ subject: 'cust-b' }));
    const found = await store.recent({ customerId: customer('cust-a'), number: null }, 10);
    expect(found.ok && found.value.map((entry) => entry.id)).toEqual(['a2', 'a3', 'a1']);
    const two = await store.recent({ customerId: customer('cust-a'), number: null }, 2);
    expect(two.ok && two.value.map((entry) => entry.id)).toEqual(['a2', 'a3']);
  });

  it('appends once per id, however often it is sent and whatever the repeat says', async () => {
    const first = interaction({ id: 'once', subject: 'cust-once', data: { summary: 'as it was' } });
    const results = await Promise.all([first, first, { ...first, data: { ...first.data, summary: 'changed' } }].map((event) => store.append(event)));
    expect(results.every((result) => result.ok)).toBe(true);
    const found = await store.recent({ customerId: customer('cust-once'), number: null }, 10);
    expect(found.ok && found.value.map((entry) => entry.summary)).toEqual(['as it was']);
  });

  it('says whether an id is on record', async () => {
    await store.append(interaction({ id: 'kept' }));
    expect([await store.has('kept'), await store.has('never-sent')]).toEqual([{ ok: true, value: true }, { ok: true, value: false }]);
  });

  it('finds a number in every spelling when no customer is known', async () => {
    await store.append(interaction({ id: 'n1', subject: 'tel:+46 70-111 22 33' }));
    await store.append(interaction({ id: 'n2', subject: 'cust-n', data: { number: '0046701112233' } }));
    const found = await store.recent({ customerId: null, number: '+46701112233' }, 10);
    expect(found.ok && found.value.map((entry) => entry.id).sort()).toEqual(['n1', 'n2']);
    expect(await store.recent({ customerId: null, number: 'anonymous' }, 10)).toEqual({ ok: true, value: [] });
  });

  it('finds national and international numbers as one where the country is known, also what was filed before it was', async () => {
    await store.append(interaction({ id: 'before', subject: 'tel:0702223344' }));
    const atHome = await openThreadStore({ url: server.url, log, country: () => '46' });
    await atHome.append(interaction({ id: 'keyed', subject: 'tel:0702223344' }));
    await atHome.append(interaction({ id: 'called', subject: 'tel:+46702223344' }));
    const idsOf = async (number: string) => {
      const found = await atHome.recent({ customerId: null, number }, 10);
      return found.ok ? found.value.map((entry) => entry.id).sort() : [];
    };
    expect(await idsOf('070-222 33 44')).toEqual(['before', 'called', 'keyed']);
    expect(await idsOf('+46702223344')).toEqual(['called', 'keyed']);
    await atHome.close();
  });

  it('shows a customer what came from a number that is linked to them alone', async () => {
    await store.append(interaction({ id: 'own-call', subject: 'tel:+46700000001' }));
    await store.append(interaction({ id: 'own-chat', subject: 'cust-own', data: { number: '+46700000001' } }));
    const found = await store.recent({ customerId: customer('cust-own'), number: null }, 10);
    expect(found.ok && found.value.map((entry) => entry.id).sort()).toEqual(['own-call', 'own-chat']);
  });

  it('never shows one customer what came from a number that two share', async () => {
    await store.append(interaction({ id: 'shared-call', subject: 'tel:+46700000002' }));
    await store.append(interaction({ id: 'left', subject: 'cust-left', data: { number: '+46700000002' } }));
    await store.append(interaction({ id: 'right', subject: 'cust-right', data: { number: '+46700000002' } }));
    const found = await store.recent({ customerId: customer('cust-left'), number: '+46700000002' }, 10);
    expect(found.ok && found.value.map((entry) => entry.id)).toEqual(['left']);
  });

  it('ends a wrong link without moving anything', async () => {
    await store.append(interaction({ id: 'wrong-call', subject: 'tel:+46700000003' }));
    await store.append(interaction({ id: 'wrong-chat', subject: 'cust-wrong', source: '/chat', data: { number: '+46700000003' } }));
    const links = await store.links(customer('cust-wrong'));
    expect(links).toMatchObject({ ok: true, value: [{ number: '+46700000003', customerId: 'cust-wrong', source: '/chat' }] });
    await store.unlink({ number: '+46 70 000 00 03', customerId: customer('cust-wrong') });
    const byCustomer = await store.recent({ customerId: customer('cust-wrong'), number: null }, 10);
    const byNumber = await store.recent({ customerId: null, number: '+46700000003' }, 10);
    expect(byCustomer.ok && byCustomer.value.map((entry) => entry.id)).toEqual(['wrong-chat']);
    expect(byNumber.ok && byNumber.value.map((entry) => entry.id).sort()).toEqual(['wrong-call', 'wrong-chat']);
  });

  it('folds an agent’s note into the call it belongs to', async () => {
    await store.append(interaction({ id: 'call:c9', subject: 'cust-c', type: 'vaxel.phone.call', data: { channel: 'phone', summary: 'Talked' } }));
    await store.append(interaction({ id: 'call:c9:note', subject: 'cust-c', type: 'vaxel.note', data: { channel: 'note', disposition: 'Solved', note: 'all fine', agent: 'Anna' } }));
    const found = await store.recent({ customerId: customer('cust-c'), number: null }, 10);
    expect(found).toMatchObject({ ok: true, value: [{ id: 'call:c9', summary: 'Talked', result: 'Solved', note: 'all fine', agent: 'Anna' }] });
  });

  it('knows who spoke to the customer last in any channel, by customer or by number, and not who only waited', async () => {
    const talk = (time: string, data: Partial<Interaction['data']>, subject = 'cust-talk') => store.append(interaction({ subject, time, data: { channel: 'phone', number: '+46704444444', ...data } }));
    await talk('2026-09-01T10:00:00Z', { agent: 'Anna Lind', agentId: 'anna' });
    await talk('2026-09-02T10:00:00Z', { channel: 'chat', agentId: 'bo' });
    await talk('2026-09-03T10:00:00Z', { agent: null });
    await talk('2026-09-04T10:00:00Z', { agentId: 'cia', number: '+46705555555' }, 'tel:+46705555555');
    const last = (customerId: string | null, number: string | null) => store.lastAgent({ customerId: customerId === null ? null : customer(customerId), number });
    expect(await last('cust-talk', null)).toEqual({ ok: true, value: 'bo' });
    expect(await last(null, '0046 70-444 44 44')).toEqual({ ok: true, value: 'bo' });
    expect(await last(null, '+46 70 555 55 55')).toEqual({ ok: true, value: 'cia' });
    expect(await last('cust-nobody', null)).toEqual({ ok: true, value: null });
    expect(await last(null, null)).toEqual({ ok: true, value: null });
  });

  it('counts who was told of an incident, and who hung up content after it', async () => {
    const told = (time: string, incidents: readonly string[], informedOf: string | null) => store.append(interaction({ type: 'vaxel.phone.call', time, data: { channel: 'phone', incidents: [...incidents], informedOf } }));
    await told('2026-09-01T10:00:00.000Z', ['cable'], 'cable');
    await told('2026-09-10T10:00:00.000Z', ['cable', 'mail'], 'mail');
    await told('2026-09-11T10:00:00.000Z', ['cable'], 'cable');
    await told('2026-09-12T10:00:00.000Z', ['cable'], null);
    expect(await store.incidentCounts(Date.parse('2026-09-05T00:00:00Z'))).toEqual({ ok: true, value: [{ incident: 'cable', told: 3, informed: 1 }, { incident: 'mail', told: 1, informed: 1 }] });
  });

  it('stores text as it is, whatever it holds', async () => {
    const summary = `'; DROP TABLE vaxel_interaction; -- "quoted" \\ 日本語 🧾`;
    await store.append(interaction({ id: `odd'"id`, subject: `cust'; --`, data: { summary } }));
    const found = await store.recent({ customerId: customer(`cust'; --`), number: null }, 10);
    expect(found.ok && found.value[0]?.summary).toBe(summary);
  });

  it('migrates once, also when several gateways start together', async () => {
    const others = await Promise.all([1, 2, 3].map(() => openThreadStore({ url: server.url, log, maxConnections: 1 })));
    await Promise.all(others.map((other) => other.close()));
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const steps = await client.query('SELECT step FROM vaxel_schema');
    await client.end();
    expect(steps.rows).toEqual([{ step: 1 }, { step: 2 }]);
  });

  it('serves many readers and writers at once, though the embedded database runs one statement at a time', async () => {
    const writes = Array.from({ length: 40 }, (_, index) => patient.append(interaction({ id: `many-${index}`, subject: 'cust-many' })));
    const reads = Array.from({ length: 10 }, () => patient.recent({ customerId: customer('cust-many'), number: null }, 20));
    expect((await Promise.all([...writes, ...reads])).filter(({ ok }) => !ok)).toEqual([]);
    const found = await patient.recent({ customerId: customer('cust-many'), number: null }, 200);
    expect(found.ok && found.value.length).toBe(40);
  });

  it('sends nothing that was answered as too late before its turn: after a stall the database serves those who still wait', async () => {
    const hurried = await openThreadStore({ url: server.url, log, limitMs: 100, maxConnections: 2 });
    server.process.kill('SIGSTOP');
    const late = await Promise.all(Array.from({ length: 50 }, (_, index) => hurried.append(interaction({ id: `stalled-${index}`, subject: 'cust-stalled' }))));
    server.process.kill('SIGCONT');
    expect(late.every((result) => !result.ok && result.error.code === 'VG_STORE')).toBe(true);
    await appendUntilStored(hurried, 'after-the-stall');
    await hurried.close();
    const found = await patient.recent({ customerId: customer('cust-stalled'), number: null }, 100);
    expect(found.ok && found.value.length).toBeLessThanOrEqual(2);
  });

  it('answers VG_STORE within its limit when the database does not answer at all, and works again when it does', async () => {
    const hurried = await openThreadStore({ url: server.url, log, limitMs: 100 });
    server.process.kill('SIGSTOP');
    const begun = performance.now();
    const [read, written] = await Promise.all([hurried.recent({ customerId: customer('x'), number: null }, 5), hurried.append(interaction({ id: 'late' }))]);
    const tookMs = performance.now() - begun;
    server.process.kill('SIGCONT');
    expect([read, written]).toMatchObject([{ ok: false, error: { code: 'VG_STORE' } }, { ok: false, error: { code: 'VG_STORE' } }]);
    expect(tookMs).toBeLessThan(1_000);
    await appendUntilStored(hurried, 'after');
    await hurried.close();
  });
});

async function appendUntilStored(store: PostgresThreadStore, id: string): Promise<void> {
  const event = interaction({ id });
  while (!(await store.append(event)).ok);
}

describe('the thread store when the database is away', () => {
  const log = new KeptLog();
  let mute: Server | null = null;
  afterEach(() => mute?.close());

  it('comes back by itself when the database was started again', { timeout: 60_000 }, async () => {
    const folder = await historyFolder();
    const first = await startHistory(folder.path, { SOCKET_DIR: folder.path });
    const store = await openThreadStore({ url: first.url, log, limitMs: 5_000 });
    expect((await store.append(interaction({ id: 'before', subject: 'cust-back' }))).ok).toBe(true);
    await first.stop();
    expect(await store.recent({ customerId: customer('cust-back'), number: null }, 5)).toMatchObject({ ok: false, error: { code: 'VG_STORE' } });
    const second = await startHistory(folder.path, { SOCKET_DIR: folder.path });
    const found = await store.recent({ customerId: customer('cust-back'), number: null }, 5);
    expect(found.ok && found.value.map((entry) => entry.id)).toEqual(['before']);
    await store.close();
    await second.stop();
    await folder.remove();
  });

  it('opens without a database and says so at every use', async () => {
    mute = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => mute?.listen(0, '127.0.0.1', resolve));
    const address = mute.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const store = await openThreadStore({ url: `postgresql://postgres@127.0.0.1:${port}/postgres`, log });
    expect(await store.append(interaction())).toMatchObject({ ok: false, error: { code: 'VG_STORE' } });
    expect(await store.has('any')).toMatchObject({ ok: false, error: { code: 'VG_STORE' } });
    await store.close();
    await store.close();
  });
});
