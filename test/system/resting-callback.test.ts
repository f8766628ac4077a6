import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallerCall } from '../../media/phone/headless-phone.js';
import { bySipCallId, GatewayPair } from '../support/gateway-pair.js';
import { ProcessExchange, type GatewayProcess } from '../support/process-exchange.js';
import { vaxelIn, type JsonLine } from '../support/vaxel-command.js';
import { WISH_FLOW } from '../support/wish-flow.js';

const FLOWS = fileURLToPath(new URL('./flows', import.meta.url));
const API_TOKEN = 'a-token-of-operators-for-tests-only';
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** The content of the fault tests, whose number leads to the wish; nobody is called back before another day. */
async function contentOf(folder: string): Promise<void> {
  await cp(FLOWS, folder, { recursive: true });
  await writeFile(join(folder, 'flows', 'wish.yaml'), WISH_FLOW);
  const centre = await readFile(join(folder, 'contact-centre.yaml'), 'utf8');
  const another = DAYS[(new Date().getUTCDay() + 3) % DAYS.length];
  const hours = `hours:\n  another-day: { timeZone: UTC, open: { ${another}: "08:00-17:00" } }\n`;
  await writeFile(join(folder, 'contact-centre.yaml'), `${centre.replace('flow: quick', 'flow: wish').replace('    music: default\n', '    music: default\n    callback: { hours: another-day }\n')}\n${hours}`);
}

describe('a callback that rests at one gateway', () => {
  let folder: string;
  let exchange: ProcessExchange;
  let asked: GatewayProcess;
  let other: GatewayProcess;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vx-resting-'));
    await contentOf(folder);
    exchange = await ProcessExchange.start({ FLOWS_DIR: folder, API_TOKEN });
    asked = exchange.gateway;
    other = await exchange.startAnother();
  });
  afterAll(async () => {
    await asked.stop();
    await exchange.close();
    await rm(folder, { recursive: true, force: true });
  });

  const queue = async (event: string, ...args: readonly string[]): Promise<JsonLine> => vaxelIn({ VAXEL_API_TOKEN: API_TOKEN }, 'queue', ...args, '--api', await asked.ready, '--json').line(event);

  it('is seen and dropped by an operator who asks another one, and is over there', async () => {
    const call = await new GatewayPair(exchange, [asked, other]).callTo(other, '');
    await other.logged('says', bySipCallId(call));
    call.press('1');
    const { callId } = await other.logged('callback booked');
    await other.logged('call ended', bySipCallId(call));
    expect((await queue('queue', 'show'))['callbacks']).toMatchObject([{ callId, number: expect.stringMatching(/^\+?•+\d{3}$/), queue: 'billing', nextTryAt: null, tries: 0 }]);
    const ended = other.logged('call ended', (line) => line['callId'] === callId);
    expect(await queue('done', 'drop', String(callId), '--by', 'Eva')).toMatchObject({ do: 'drop', call: callId });
    expect(await ended).toMatchObject({ result: 'serverError', reason: 'overflow-operator' });
    expect(await queue('refused', 'drop', String(callId), '--by', 'Eva')).toMatchObject({ why: expect.stringContaining('there is no such call') });
  });

  it('is over as soon as its customer stands in line by themselves, at another one', async () => {
    const pair = new GatewayPair(exchange, [asked, other]);
    const call = await pair.callTo(other, '');
    await other.logged('says', bySipCallId(call));
    call.press('1');
    const { callId } = await other.logged('callback booked', (line) => line['askedIn'] === arrivedAs(call));
    await other.logged('call ended', bySipCallId(call));
    const again = await pair.callTo(asked, '');
    await asked.logged('says', bySipCallId(again));
    again.press('3');
    expect(await other.logged('call ended', (line) => line['callId'] === callId)).toMatchObject({ result: 'completed', reason: 'callback-superseded' });
    expect((await queue('queue', 'show'))['callbacks']).toEqual([]);
    again.hangUp();
    await asked.logged('call ended', bySipCallId(again));
  });

  it('goes on at another one when its own dies as soon as the caller was told', async () => {
    const call = await new GatewayPair(exchange, [asked, other]).callTo(other, '');
    await other.logged('says', bySipCallId(call));
    call.press('1');
    const { callId } = await other.logged('callback booked', (line) => line['askedIn'] === arrivedAs(call));
    await other.logged('call ended', bySipCallId(call));
    await other.kill();
    await asked.logged('call taken over', (line) => line['callId'] === callId);
    expect((await queue('queue', 'show'))['callbacks']).toMatchObject([{ callId, queue: 'billing', tries: 0 }]);
  });
  const arrivedAs = (call: CallerCall): unknown => other.lines.find(bySipCallId(call))?.['callId'];
});
