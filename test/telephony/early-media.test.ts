import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CallerCall } from '../../media/phone/headless-phone.js';
import { expectNothingLeft, FLOWS_OF_TESTS } from '../support/contract-case.js';
import { Exchange } from '../support/exchange.js';
import { expectOtherSound, expectTone } from '../support/hearing.js';
import { bodyOf, type RawPhone } from '../support/raw-phone.js';
import { freePort } from '../support/sipp.js';
import { expectTranscript, partsOf } from '../support/transcript.js';

/** Far ends of blind transfers, one a case. */
const TARGETS = ['announces', 'announces-reliably', 'says-nothing', 'refuses', 'rings', 'forks'] as const;
type Target = (typeof TARGETS)[number];
const NUMBER = '+46771000300';
const CALLER_HZ = 1_000;
const FAR_HZ = 600;
const OTHER_HZ = 850;

describe('a caller who is put through', () => {
  let exchange: Exchange;
  let folder: string;
  const phones = new Map<Target, RawPhone>();
  beforeAll(async () => {
    const ports = new Map<Target, number>();
    for (const target of TARGETS) ports.set(target, await freePort());
    folder = contentWith(ports);
    exchange = await Exchange.start({ flowsDir: folder, agents: [] });
    for (const [target, port] of ports) phones.set(target, await exchange.rawPhone({ user: target, port, toneHz: FAR_HZ }));
  });
  afterAll(async () => {
    await exchange.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Dials, keys to that target, and gives its INVITE. */
  const putThrough = async (target: Target): Promise<{ readonly caller: CallerCall; readonly phone: RawPhone; readonly invite: string }> => {
    const phone = phones.get(target);
    if (phone === undefined) throw new Error(`no phone ${target}`);
    const caller = await exchange.call(`wait:300 ${TARGETS.indexOf(target) + 1}`, { to: `sip:${NUMBER}@${exchange.sip}`, say: { kind: 'tone', hz: CALLER_HZ } });
    return { caller, phone, invite: await phone.next(/^INVITE/) };
  };
  const answerOf = (phone: RawPhone, invite: string): string => phone.media.answer(bodyOf(invite)) ?? '';
  const expectAsRecorded = async (target: Target, { caller, phone }: { readonly caller: CallerCall; readonly phone: RawPhone }): Promise<void> => {
    const { sipCallId } = caller.call;
    await exchange.ended(sipCallId);
    await expectTranscript(exchange, `transfer-${target}`, () => ({
      farEnds: { caller: exchange.traces.get(caller)?.lines() ?? [], [target]: phone.trace.lines() }, ...partsOf(exchange, sipCallId),
    }));
  };
  /** The call itself knows that the other end has answered. */
  const putThroughDone = (caller: CallerCall): Promise<void> =>
    vi.waitFor(() => expect(exchange.log.of('activity changed', caller.call.sipCallId).map((line) => line.fields['to'])).toContain('transferred'), { timeout: 5_000 });
  /** The gateway has seen that nothing comes from the other end. */
  const lookedAt = (caller: CallerCall): Promise<void> =>
    vi.waitFor(() => expect(partsOf(exchange, caller.call.sipCallId).channels['leg 1']?.commands).toContain('uuid_getvar leg 1 rtp_audio_in_media_packet_count'), { timeout: 5_000 });
  const endedByFarEnd = async (target: Target, parts: { readonly caller: CallerCall; readonly phone: RawPhone; readonly invite: string }): Promise<void> => {
    await putThroughDone(parts.caller);
    await parts.phone.dialog(parts.invite).ask('BYE');
    await parts.caller.finished;
    await expectAsRecorded(target, parts);
  };

  it.concurrent('hears music while the phone rings, which is told about the call in headers', async () => {
    const parts = await putThrough('rings');
    const { caller, phone, invite } = parts;
    expect(invite).toContain(`\r\nX-Dialled: ${NUMBER}\r\n`);
    expect(invite).toContain('\r\nX-Reason: rings sv\r\n');
    phone.answer(invite, '180 Ringing', { headers: [phone.contact] });
    await expectOtherSound(caller, FAR_HZ);
    phone.answer(invite, '200 OK', { headers: [phone.contact], body: answerOf(phone, invite) });
    await phone.next(/^ACK/);
    await Promise.all([expectTone(caller, FAR_HZ), expectTone(phone, CALLER_HZ)]);
    await endedByFarEnd('rings', parts);
  });

  it.concurrent('hears what the other end sends before it answers, and goes on hearing it', async () => {
    const parts = await putThrough('announces');
    const { caller, phone, invite } = parts;
    const body = answerOf(phone, invite);
    phone.answer(invite, '183 Session Progress', { headers: [phone.contact], body });
    await expectTone(caller, FAR_HZ);
    phone.answer(invite, '200 OK', { headers: [phone.contact], body });
    await phone.next(/^ACK/);
    await Promise.all([expectTone(caller, FAR_HZ), expectTone(phone, CALLER_HZ)]);
    await endedByFarEnd('announces', parts);
  });

  it.concurrent('hears it as well when the 183 is reliable and the 200 brings no description', async () => {
    const parts = await putThrough('announces-reliably');
    const { caller, phone, invite } = parts;
    phone.answer(invite, '183 Session Progress', { headers: [phone.contact, 'Require: 100rel', 'RSeq: 7'], body: answerOf(phone, invite) });
    phone.answer(await phone.next(/^PRACK/), '200 OK');
    await expectTone(caller, FAR_HZ);
    phone.answer(invite, '200 OK', { headers: [phone.contact] });
    await phone.next(/^ACK/);
    await Promise.all([expectTone(caller, FAR_HZ), expectTone(phone, CALLER_HZ)]);
    await endedByFarEnd('announces-reliably', parts);
  });

  it.concurrent('keeps the music when the other end announces sound and sends none', async () => {
    const parts = await putThrough('says-nothing');
    const { caller, phone, invite } = parts;
    // What it says goes nowhere: its description is not in use on its own side yet.
    phone.answer(invite, '183 Session Progress', { headers: [phone.contact], body: phone.media.offer() });
    await lookedAt(caller);
    await expectOtherSound(caller, FAR_HZ);
    phone.answer(invite, '200 OK', { headers: [phone.contact], body: answerOf(phone, invite) });
    await phone.next(/^ACK/);
    await Promise.all([expectTone(caller, FAR_HZ), expectTone(phone, CALLER_HZ)]);
    await endedByFarEnd('says-nothing', parts);
  });

  it.concurrent('is told when the other end refuses after its announcement', async () => {
    const parts = await putThrough('refuses');
    const { caller, phone, invite } = parts;
    phone.answer(invite, '183 Session Progress', { headers: [phone.contact], body: answerOf(phone, invite) });
    await expectTone(caller, FAR_HZ);
    phone.answer(invite, '486 Busy Here');
    await phone.next(/^ACK/);
    await caller.finished;
    expect(exchange.log.of('says', caller.call.sipCallId).at(-1)?.fields['prompts']).toEqual(['call-later']);
    await expectAsRecorded('refuses', parts);
  });

  it.concurrent('hears the fork that answers, whichever sounded before', async () => {
    const parts = await putThrough('forks');
    const { caller, phone, invite } = parts;
    const other = await exchange.rawPhone({ user: 'other', toneHz: OTHER_HZ });
    phone.answer(invite, '183 Session Progress', { headers: [phone.contact], body: answerOf(phone, invite) });
    await expectTone(caller, FAR_HZ);
    phone.answer(invite, '200 OK', { headers: [phone.contact], body: answerOf(other, invite), toTag: 'other' });
    await phone.next(/^ACK/);
    await Promise.all([expectTone(caller, OTHER_HZ), expectTone(other, CALLER_HZ)]);
    await putThroughDone(caller);
    caller.hangUp();
    phone.answer(await phone.next(/^BYE/), '200 OK');
    await expectAsRecorded('forks', parts);
  });

  it('leaves nothing behind', async () => {
    await expectNothingLeft(exchange);
  });
});

/** The content of the telephony tests, with a menu of transfers in front. */
function contentWith(ports: ReadonlyMap<Target, number>): string {
  const folder = mkdtempSync(join(tmpdir(), 'vx-flows-'));
  cpSync(FLOWS_OF_TESTS, folder, { recursive: true });
  const keys = TARGETS.map((target, index) => `${index + 1}: ${target}`).join(', ');
  const nodes = TARGETS.map((target) => `  ${target}: { do: transfer, prompt: hello, to: "sip:${target}@127.0.0.1:${ports.get(target) ?? 0}", headers: { X-Dialled: "{{call.dnis}}", X-Reason: "${target} {{language}}" } }`);
  writeFileSync(join(folder, 'flows', 'transfers.yaml'), [
    'purpose: Each key puts the caller through to a far end of its own.', 'owner: telephony-tests', 'reviewBy: 2030-01-01', 'expect: nothing', 'languages: [sv]',
    'start: main', 'error: goodbye', 'nodes:', '  main:', '    do: menu', '    prompt: main-menu', `    keys: { ${keys} }`,
    '    noInput: { retries: 1, prompt: main-menu, next: goodbye }', '    noMatch: { retries: 1, prompt: no-match, next: goodbye }', ...nodes, '  goodbye: { do: hangup, prompt: goodbye }', '',
  ].join('\n'));
  const centre = readFileSync(join(folder, 'contact-centre.yaml'), 'utf8');
  const number = `  "${NUMBER}": { flow: transfers, language: sv, lastResort: { do: tell, prompt: call-later } }`;
  writeFileSync(join(folder, 'contact-centre.yaml'), centre.replace('numbers:\n', `numbers:\n${number}\n`));
  return folder;
}
