import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CallerCall } from '../../media/phone/headless-phone.js';
import { askMediaServer } from '../support/event-socket.js';
import type { TestAgent } from '../support/test-agent.js';
import { ProcessExchange, type LoggedLine } from '../support/process-exchange.js';

const INVOICE = '471100';
const QUICK_FLOWS = fileURLToPath(new URL('./flows', import.meta.url));
const bySipCallId = (call: CallerCall) => (line: LoggedLine): boolean => line['sipCallId'] === call.call.sipCallId;
const isAlive = (call: CallerCall): boolean => !call.ladder.some((entry) => entry.event === 'ended' || entry.event === 'failed');

/** One gateway is killed while calls are in every phase; the next one takes them over. The cases look at what became of each. */
describe('a gateway killed with -9 in the middle of calls', () => {
  let exchange: ProcessExchange;
  let anna: TestAgent;
  let inFlow: CallerCall;
  let waiting: CallerCall;
  let gaveUp: CallerCall;
  let talking: CallerCall;
  let legOfAnna: { waitForTone(hz: number, options: { timeoutMs: number }): Promise<boolean> };
  let bo: TestAgent;
  let talkEnded: CallerCall;
  let phoneLost: CallerCall;

  beforeAll(async () => {
    exchange = await ProcessExchange.start({ FLOWS_DIR: QUICK_FLOWS });
    const { gateway } = exchange;
    anna = await exchange.agent('anna', { kind: 'auto' }, 700);
    await anna.ready();
    const arrived = new Promise<typeof legOfAnna>((resolve) => anna.phone.once('call', resolve));
    talking = await exchange.call('0', { say: { kind: 'tone', hz: 1_000 } });
    await anna.client.send({ type: 'accept', offerId: (await anna.next('offer')).offerId });
    legOfAnna = await arrived;
    await anna.next('talking');
    bo = await exchange.agent('bo', { kind: 'after', ms: 0 }, 500);
    await bo.ready();
    talkEnded = await exchange.call('0');
    await bo.next('talking');
    const cia = await exchange.agent('cia', { kind: 'after', ms: 0 }, 600);
    await cia.ready();
    phoneLost = await exchange.call('0');
    await cia.next('talking');

    [waiting, gaveUp] = [await exchange.call('0'), await exchange.call('0')];
    const inQueue = (call: CallerCall) => gateway.logged('activity changed', (line) => line['to'] === 'waiting' && line['sipCallId'] === call.call.sipCallId);
    await Promise.all([inQueue(waiting), inQueue(gaveUp)]);

    // The wish is carried out, the answer is lost, and before the gateway can ask again it is dead.
    await exchange.setFaults({ dropAnswers: 1 });
    const committed = once(exchange.billing.events, 'committed');
    inFlow = await exchange.call(`1${INVOICE}#1`);
    await committed;
    await gateway.kill();
    gaveUp.hangUp();
    talkEnded.hangUp();
    const next = await exchange.startAnother();
    await Promise.all([inFlow, waiting, gaveUp, talking, talkEnded, phoneLost].map((call) => next.logged('call taken over', bySipCallId(call))));
  });
  afterAll(() => exchange.close());

  it('asks the billing service again with the same key, reads the answer back and moves the date once', async () => {
    expect(isAlive(inFlow)).toBe(true);
    await exchange.gateway.logged('says', (line) => line['sipCallId'] === inFlow.call.sipCallId && (line['prompts'] as string[]).includes('read-back'));
    const report = await inFlow.finished;
    expect(report.result).toBe('completed');
    const ended = await exchange.gateway.logged('call ended', bySipCallId(inFlow));
    expect([ended['result'], ended['reason']]).toEqual(['completed', 'solved']);
    expect(exchange.billing.ledger.filter((entry) => entry.invoice === INVOICE)).toHaveLength(1);
  });

  it('ends what ended meanwhile', async () => {
    const left = await exchange.gateway.logged('call ended', bySipCallId(gaveUp));
    expect(left['result']).toBe('abandoned');
    const ended = await exchange.gateway.logged('activity changed', (line) => line['sipCallId'] === talkEnded.call.sipCallId && line['to'] === 'wrapUp');
    expect(ended['from']).toBe('conversation');
  });

  it('leaves caller and agent talking, and shows the talk on the screen that connects again', async () => {
    expect(isAlive(talking)).toBe(true);
    expect(await talking.waitForTone(700, { timeoutMs: 2_000 })).toBe(true);
    expect(await legOfAnna.waitForTone(1_000, { timeoutMs: 2_000 })).toBe(true);
    anna = await exchange.reconnected(anna);
    const shown = await anna.next('talking');
    // Whose screen is away for too long gets no calls any more, and how long a gateway takes to start is the machine's affair.
    expect((await anna.client.send({ type: 'ready' })).ok).toBe(true);
    expect(shown.context.path.length).toBeGreaterThan(0);
  });

  it('brings a caller whose agent is lost after the take-over back to the line, with music', async () => {
    const taken = await exchange.gateway.logged('call taken over', bySipCallId(phoneLost));
    const { agentLeg } = await exchange.snapshot(String(taken['callId']));
    const channel = agentLeg?.phase === 'up' ? agentLeg.address.channel : 'none';
    expect(await askMediaServer(exchange.backend.freeswitch, `uuid_kill ${channel}`)).toContain('+OK');
    await exchange.gateway.logged('activity changed', (line) => bySipCallId(phoneLost)(line) && line['from'] === 'conversation' && line['to'] === 'waiting');
    await vi.waitFor(() => {
      const { share, loudness } = phoneLost.media.tone(600);
      expect(share).toBeLessThan(0.5);
      expect(loudness).toBeGreaterThan(300);
    }, { timeout: 5_000, interval: 50 });
    expect(isAlive(phoneLost)).toBe(true);
    phoneLost.hangUp();
    await exchange.gateway.logged('call ended', bySipCallId(phoneLost));
  });

  it('hears of the hang-up of a talk it took over', async () => {
    const ended = anna.next('callEnded');
    talking.hangUp();
    expect((await ended).by).toBe('caller');
    await anna.inPhase('wrapUp');
    const filed = await anna.client.send({ type: 'wrapUp', callId: (await ended).callId, disposition: 'other', note: '' });
    expect(filed.ok).toBe(true);
  });

  it('keeps the caller in line, who is then served', async () => {
    expect(isAlive(waiting)).toBe(true);
    const offer = await anna.next('offer');
    expect(offer.context.waitMs).toBeGreaterThan(2_000);
    await anna.client.send({ type: 'accept', offerId: offer.offerId });
    await anna.next('talking');
    expect(await waiting.waitForTone(700, { timeoutMs: 3_000 })).toBe(true);
    waiting.hangUp();
    await anna.next('callEnded');
  });

  it('logs nothing that wakes a person', () => {
    expect(exchange.gateway.lines.filter((line) => Number(line['level']) >= 50 || line['level'] === 'error')).toEqual([]);
    expect(exchange.gateway.text).toBe('');
  });
});
