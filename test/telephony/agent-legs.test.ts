import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CallerCall } from '../../media/phone/headless-phone.js';
import { expectNothingLeft, FLOWS_OF_TESTS } from '../support/contract-case.js';
import { Exchange } from '../support/exchange.js';
import { expectOtherSound, expectTone } from '../support/hearing.js';
import { bodyOf, header, type RawPhone } from '../support/raw-phone.js';
import type { RawAgent } from '../support/test-agent.js';
import { expectTranscript, partsOf } from '../support/transcript.js';

/** Keys of the menu that lead to the queue of a case. */
const KEY = { ringing: 0, early: 1, reliable: 2, race: 3, 'late-offer': 4, held: 5, holding: 6, deaf: 7, routed: 8, forks: 9, 'holding-still': '*' } as const;
type Queue = keyof typeof KEY;
const NUMBER = '+46771000200';
const CALLER_HZ = 1_000;
const A_HZ = 700;
const B_HZ = 450;

describe("an agent's phone, written by hand,", () => {
  let exchange: Exchange;
  beforeAll(async () => {
    exchange = await Exchange.start({ flowsDir: FLOWS_OF_TESTS, agents: [...Object.keys(KEY).map((queue) => `${queue}-a`), 'race-b', 'deaf-b'] });
  });
  afterAll(() => exchange.close());

  const ready = async (id: string, options: Parameters<Exchange['rawAgent']>[1] = {}): Promise<RawAgent> => {
    const agent = await exchange.rawAgent(id, { toneHz: A_HZ, ...options });
    await agent.ready();
    return agent;
  };
  const place = (queue: Queue): Promise<CallerCall> => exchange.call(`wait:300 ${KEY[queue]}`, { to: `sip:${NUMBER}@${exchange.sip}`, say: { kind: 'tone', hz: CALLER_HZ } });
  const expectTalk = async (caller: CallerCall, phone: RawPhone, hz = A_HZ): Promise<void> => {
    await Promise.all([expectTone(phone, CALLER_HZ), expectTone(caller, hz)]);
  };
  const heldFact = (caller: CallerCall, isHeld: boolean): Promise<void> =>
    vi.waitFor(() => expect(exchange.facts.of(caller.call.sipCallId)).toContain(`leg.held agent1 ${isHeld}`), { timeout: 5_000 });
  /** The phone may ring before the caller's menu has ended. */
  const inLine = (caller: CallerCall): Promise<void> =>
    vi.waitFor(() => expect(partsOf(exchange, caller.call.sipCallId).channels['caller']?.commands.filter((command) => command.startsWith('playback'))).toHaveLength(2), { timeout: 5_000 });
  /** The caller hangs up, the phone answers the BYE; holds what all far ends saw against the transcript. */
  const endedByCaller = async (name: string, caller: CallerCall, agents: readonly RawAgent[]): Promise<void> => {
    const [last] = agents.slice(-1);
    caller.hangUp();
    if (last) last.phone.answer(await last.phone.next(/^BYE/), '200 OK');
    await expectAsRecorded(name, caller, agents);
  };
  const expectAsRecorded = async (name: string, caller: CallerCall, agents: readonly RawAgent[]): Promise<void> => {
    const { sipCallId } = caller.call;
    await exchange.ended(sipCallId);
    await expectTranscript(exchange, name, () => {
      const farEnds = [['caller', exchange.traces.get(caller)?.lines() ?? []] as const, ...agents.map((agent) => [agent.id, agent.phone.trace.lines()] as const)];
      return { farEnds: Object.fromEntries(farEnds), ...partsOf(exchange, sipCallId) };
    });
  };

  it.concurrent('gets CANCEL when the caller leaves after its 180', async () => {
    const { phone, ...agent } = await rawParts(ready('ringing-a'));
    const caller = await place('ringing');
    const invite = await phone.next(/^INVITE/);
    phone.answer(invite, '180 Ringing', { headers: [phone.contact] });
    await inLine(caller);
    caller.hangUp();
    await cancelled(phone, invite);
    await expectAsRecorded('cancel-after-180', caller, [agent.agent]);
  });

  it.concurrent('gets PRACK for a reliable 183, and CANCEL when the caller leaves then', async () => {
    const { phone, agent } = await rawParts(ready('early-a'));
    const caller = await place('early');
    const invite = await phone.next(/^INVITE/);
    phone.answer(invite, '183 Session Progress', { headers: [phone.contact, 'Require: 100rel', 'RSeq: 4711'], body: phone.media.answer(bodyOf(invite)) ?? '' });
    const prack = await phone.next(/^PRACK/);
    expect(header(prack, 'RAck')).toBe(`4711 ${header(invite, 'CSeq')}`);
    phone.answer(prack, '200 OK');
    await inLine(caller);
    caller.hangUp();
    await cancelled(phone, invite);
    await expectAsRecorded('cancel-after-reliable-183', caller, [agent]);
  });

  it.concurrent('may give its answer in a reliable 183 and send none with its 200', async () => {
    const { phone, agent } = await rawParts(ready('reliable-a'));
    const caller = await place('reliable');
    const invite = await phone.next(/^INVITE/);
    phone.answer(invite, '180 Ringing', { headers: [phone.contact, 'Require: 100rel', 'RSeq: 1'] });
    phone.answer(await phone.next(/^PRACK/), '200 OK');
    phone.answer(invite, '183 Session Progress', { headers: [phone.contact, 'Require: 100rel', 'RSeq: 2'], body: phone.media.answer(bodyOf(invite)) ?? '' });
    const prack = await phone.next(/^PRACK/);
    expect(header(prack, 'RAck')).toBe(`2 ${header(invite, 'CSeq')}`);
    phone.answer(prack, '200 OK');
    phone.answer(invite, '200 OK', { headers: [phone.contact] });
    await phone.next(/^ACK/);
    await expectTalk(caller, phone);
    await endedByCaller('reliable-answer', caller, [agent]);
  });

  it.concurrent('whose 200 crosses our CANCEL gets ACK and BYE; the caller talks to the next agent', async () => {
    const { phone, agent: first } = await rawParts(ready('race-a'));
    const caller = await place('race');
    const invite = await phone.next(/^INVITE/);
    phone.answer(invite, '180 Ringing', { headers: [phone.contact] });
    const { phone: other, agent: second } = await rawParts(ready('race-b', { toneHz: B_HZ }));
    const cancel = await phone.next(/^CANCEL/);
    phone.answer(invite, '200 OK', { headers: [phone.contact], body: phone.media.answer(bodyOf(invite)) ?? '' });
    phone.answer(cancel, '200 OK');
    await phone.next(/^ACK/);
    phone.answer(await phone.next(/^BYE/), '200 OK');
    await answered(other);
    await expectTalk(caller, other, B_HZ);
    await endedByCaller('answer-crosses-cancel', caller, [first, second]);
  });

  it.concurrent('takes our offer when its re-INVITE has none, and they go on talking', async () => {
    const { phone, agent } = await rawParts(ready('late-offer-a'));
    const caller = await place('late-offer');
    const invite = await answered(phone);
    await expectTalk(caller, phone);
    const ok = await phone.dialog(invite).ask('INVITE', { ackBody: (answer) => phone.media.answer(bodyOf(answer)) ?? '' });
    expect(bodyOf(ok)).not.toMatch(/^a=(sendonly|recvonly|inactive)/m); // said or not, both ways
    await heldFact(caller, false);
    await expectTalk(caller, phone);
    await endedByCaller('agent-late-offer', caller, [agent]);
  });

  it.concurrent('holds by sendonly and by inactive: the caller hears music, and the agent again afterwards', async () => {
    const { phone, agent } = await rawParts(ready('held-a', { protocol: 'tcp' }));
    const caller = await place('held');
    const invite = await answered(phone);
    await expectTalk(caller, phone);
    const dialog = phone.dialog(invite);
    for (const [direction, answeredWith] of [['sendonly', 'recvonly'], ['inactive', 'inactive']] as const) {
      const held = await dialog.ask('INVITE', { body: withDirection(phone.media.offer(), direction) });
      expect(bodyOf(held)).toMatch(new RegExp(`^a=${answeredWith}`, 'm'));
      await expectOtherSound(caller, A_HZ);
      await dialog.ask('INVITE', { body: phone.media.offer() });
      await expectTalk(caller, phone);
    }
    await endedByCaller('agent-holds', caller, [agent]);
  });

  it.concurrent.each(['sendonly', 'inactive'] as const)('answers on hold (%s): the caller hears music until it takes the call back', async (direction) => {
    const queue = direction === 'sendonly' ? 'holding' : 'holding-still';
    const { phone, agent } = await rawParts(ready(`${queue}-a`));
    const caller = await place(queue);
    const invite = await answered(phone, (sdp) => withDirection(sdp, direction));
    await heldFact(caller, true);
    await expectOtherSound(caller, A_HZ);
    await phone.dialog(invite).ask('INVITE', { body: phone.media.offer() });
    await expectTalk(caller, phone);
    await endedByCaller(`agent-answers-${direction}`, caller, [agent]);
  });

  it.concurrent('answers without audio (port 0): it gets BYE, and the caller talks to the next agent', async () => {
    const { phone, agent: first } = await rawParts(ready('deaf-a'));
    const caller = await place('deaf');
    await answered(phone, (sdp) => sdp.replace(/^m=audio \d+/m, 'm=audio 0'));
    phone.answer(await phone.next(/^BYE/), '200 OK');
    const second = await exchange.rawAgent('deaf-b', { toneHz: B_HZ });
    const { phone: other } = second;
    await second.client.send({ type: 'ready' });
    await answered(other);
    await expectTalk(caller, other, B_HZ);
    await endedByCaller('agent-without-audio', caller, [first, second]);
  });

  it.concurrent('behind a proxy gets every request by the route of its 200', async () => {
    const { phone, agent } = await rawParts(ready('routed-a'));
    const caller = await place('routed');
    const routes = [`Record-Route: <sip:edge@${phone.address};lr>`, `Record-Route: <sip:core@${phone.address};lr>`];
    await answered(phone, (sdp) => sdp, ['Contact: <sip:routed-a@192.0.2.1>', ...routes]);
    await expectTalk(caller, phone);
    await endedByCaller('agent-behind-proxy', caller, [agent]);
  });

  it.concurrent('that answers twice, as two phones behind a fork do, is served on the first answer', async () => {
    const { phone, agent } = await rawParts(ready('forks-a'));
    const caller = await place('forks');
    const invite = await answered(phone);
    phone.answer(invite, '200 OK', { headers: [phone.contact], body: phone.media.answer(bodyOf(invite)) ?? '', toTag: 'second' });
    await expectTalk(caller, phone);
    await endedByCaller('agent-forks', caller, [agent]);
  });

  it('leaves nothing behind', async () => {
    await expectNothingLeft(exchange);
  });
});

async function rawParts(agent: Promise<RawAgent>): Promise<{ readonly agent: RawAgent; readonly phone: RawPhone }> {
  return { agent: await agent, phone: (await agent).phone };
}

/** Answers the next call at once, with the answer as `change` makes it. */
async function answered(phone: RawPhone, change = (sdp: string): string => sdp, headers: readonly string[] = [phone.contact]): Promise<string> {
  const invite = await phone.next(/^INVITE/);
  phone.answer(invite, '200 OK', { headers, body: change(phone.media.answer(bodyOf(invite)) ?? '') });
  await phone.next(/^ACK/);
  return invite;
}

const withDirection = (sdp: string, direction: string): string => sdp.replace(/^a=sendrecv/m, `a=${direction}`);

async function cancelled(phone: RawPhone, invite: string): Promise<void> {
  phone.answer(await phone.next(/^CANCEL/), '200 OK');
  phone.answer(invite, '487 Request Terminated');
  await phone.next(/^ACK/);
}
