import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CallerCall } from '../../media/phone/headless-phone.js';
import { AGENT_SECRET } from '../support/exchange.js';
import { ProcessExchange, type GatewayProcess } from '../support/process-exchange.js';
import type { TestAgent } from '../support/test-agent.js';

const FLOWS = fileURLToPath(new URL('./flows', import.meta.url));
const SAID = '?author=Eva&note=spring';

interface Asked {
  readonly status: number;
  readonly etag: string;
  readonly text: string;
  readonly body: { readonly version?: string; readonly changes?: readonly string[]; readonly silent?: readonly string[]; readonly error?: { readonly detail: string; readonly issues?: readonly { readonly path: string; readonly message: string }[] }; readonly live?: object; readonly log?: readonly { readonly action: string; readonly author: string; readonly changes: readonly string[] }[] };
}

async function ask(gateway: GatewayProcess, path: string, init: { readonly method?: string; readonly body?: string; readonly headers?: Readonly<Record<string, string>> } = {}): Promise<Asked> {
  const response = await fetch(`${await gateway.ready}/v1/centre${path}`, { ...init, headers: { authorization: `Bearer ${AGENT_SECRET}`, ...init.headers } });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, etag: response.headers.get('etag') ?? '', text, body: isJson ? (JSON.parse(text) as Asked['body']) : {} };
}

const setSkills = (gateway: GatewayProcess, agent: string, skills: Readonly<Record<string, number | null>>): Promise<Asked> => ask(gateway, `/agents/${agent}${SAID}`, { method: 'PATCH', body: JSON.stringify({ skills }) });

describe('the contact centre changed by API, with two gateways', () => {
  let exchange: ProcessExchange;
  let one: GatewayProcess;
  let other: GatewayProcess;
  let anna: TestAgent;
  beforeAll(async () => {
    exchange = await ProcessExchange.start({ FLOWS_DIR: FLOWS });
    one = exchange.gateway;
    other = await exchange.startAnother();
    anna = await exchange.agent('anna');
  });
  afterAll(async () => {
    await one.stop();
    await exchange.close();
  });

  /** A caller waits for an agent, and nobody who is ready can serve them. */
  const callerWaits = async (): Promise<CallerCall> => {
    const caller = await exchange.call('0');
    await vi.waitFor(async () => {
      const roster = (await (await fetch(`${await one.ready}/v1/queue`, { headers: { authorization: `Bearer ${AGENT_SECRET}` } })).json()) as { readonly calls: readonly { readonly offeredTo: string | null }[] };
      expect(roster.calls).toMatchObject([{ offeredTo: null }]);
    }, 10_000);
    return caller;
  };

  it("a caller who waits is served by the queue's new rules, as soon as the other gateway has them", async () => {
    const { etag, text } = await ask(one, '');
    const put = (body: string, ifMatch: string): Promise<Asked> => ask(other, SAID, { method: 'PUT', body, headers: { 'if-match': ifMatch } });
    const harder = await put(text.replace('needs: { billing: 1 }', 'needs: { billing: 5 }'), etag);
    expect(harder.status).toBe(200);
    const bo = await exchange.agent('bo', { kind: 'ring' });
    await bo.ready();
    const caller = await callerWaits();
    expect((await put(text, harder.etag)).body).toMatchObject({ changes: ['queue billing: needs billing 5 → 1'] });
    await bo.next('offer');
    caller.hangUp();
    await bo.inPhase('ready');
    await bo.client.send({ type: 'signOut' });
  });

  it("an agent's skill counts in the next decision at the other gateway, without a new sign-in; the log says who changed it", async () => {
    const taken = await setSkills(one, 'anna', { billing: null });
    expect(taken).toMatchObject({ status: 200, body: { changes: ['agent anna: billing 8 removed'], silent: [] } });
    await anna.ready();
    await callerWaits();
    const given = await setSkills(one, 'anna', { billing: 7 });
    expect(given.body).toMatchObject({ changes: ['agent anna: billing 7 added'], silent: [] });
    await anna.next('offer');
    expect((await ask(other, '')).etag).toBe(given.etag);
    const { log = [] } = (await ask(other, '/log')).body;
    expect(log.map(({ action, author, changes }) => [action, author, ...changes])).toEqual([
      ['file', 'contact-centre.yaml'],
      ['put', 'Eva', 'queue billing: needs billing 1 → 5'],
      ['put', 'Eva', 'queue billing: needs billing 5 → 1'],
      ['put', 'Eva', 'agent anna: billing 8 removed'],
      ['put', 'Eva', 'agent anna: billing 7 added'],
    ]);
  });

  it('of two editors who read the same, the second is told of the first, and nothing is overwritten', async () => {
    const { etag, text } = await ask(one, '');
    const put = (gateway: GatewayProcess, to: string): Promise<Asked> => ask(gateway, SAID, { method: 'PUT', body: text.replace('name: Bo Dahl', `name: ${to}`), headers: { 'if-match': etag } });
    expect(await put(one, 'Bo Ek')).toMatchObject({ status: 200, body: { changes: ['agent bo: name Bo Dahl → Bo Ek'] } });
    const late = await put(other, 'Bo Holm');
    expect(late.status).toBe(412);
    expect(late.body.error?.detail).toMatch(/^nothing was changed: [0-9a-f]{16} is live, .* by Eva at .*Read it again$/);
    expect((await ask(other, '')).text).toContain('name: Bo Ek');
  });

  it('faults come with line and fix, all of them, also those that the flows would have; nothing is changed', async () => {
    const { etag, text } = await ask(one, '');
    const faulty = text.replace('needs: { billing: 1 }', 'needs: { biling: 1 }').replace('  billing:\n    name', '  invoices:\n    name');
    const refused = await ask(one, SAID, { method: 'PUT', body: faulty, headers: { 'if-match': etag } });
    expect(refused.status).toBe(422);
    const line = faulty.split('\n').findIndex((one) => one.includes('biling')) + 1;
    expect(refused.body.error?.issues).toContainEqual({ path: expect.stringMatching(new RegExp(`^contact-centre.yaml:${line}:\\d+$`)) as string, message: expect.stringMatching(/"biling".*Fix: /) as string });
    const flowFault = await ask(one, '?check=1', { method: 'PUT', body: text.replace('  billing:\n    name', '  invoices:\n    name') });
    expect(flowFault.body.error?.issues).toMatchObject([{ path: expect.stringMatching(/^flows\/quick.yaml:\d+:\d+$/), message: expect.stringContaining('billing') }]);
    expect((await ask(other, '')).etag).toBe(etag);
  });

  it('a restart keeps it; withdrawn, the file counts again at every gateway', async () => {
    const { etag } = await ask(one, '');
    await other.stop();
    const third = await exchange.startAnother();
    expect((await ask(third, '')).etag).toBe(etag);
    const back = await ask(third, SAID, { method: 'DELETE', headers: { 'if-match': etag } });
    expect(back.body.changes).toEqual(['agent anna: billing 7 → 8', 'agent bo: name Bo Ek → Bo Dahl']);
    expect((await ask(one, '/log')).body.live).toEqual({ version: back.body.version, from: 'file' });
  });
});
