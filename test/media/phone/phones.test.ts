import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type AgentCall, AgentPhone, type AgentPhoneOptions } from '../../../media/phone/agent-phone.js';
import { HeadlessPhone, type PlaceCallOptions } from '../../../media/phone/headless-phone.js';
import { parseKeyScript } from '../../../media/phone/key-script.js';
import { toneShare } from '../../../media/rtp/goertzel.js';
import { parseWav } from '../../../media/rtp/wav.js';
import { DigestVerifier } from '../../../media/sip/digest.js';
import { PCMU, TELEPHONE_EVENT } from '../../../media/sip/offer-answer.js';
import { makeResponse } from '../../../media/sip/response.js';
import { UserAgent } from '../../../media/sip/user-agent.js';
import { next } from '../sip/agents.js';

const HOST = '127.0.0.1';
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function agentPhone(opts: Partial<AgentPhoneOptions> = {}): Promise<AgentPhone> {
  const phone = await AgentPhone.open({ host: HOST, user: '201', rule: { kind: 'after', ms: 0 }, ...opts });
  closers.push(() => phone.close());
  return phone;
}

async function caller(): Promise<HeadlessPhone> {
  const phone = await HeadlessPhone.open({ host: HOST });
  closers.push(() => phone.close());
  return phone;
}

const script = (text: string): PlaceCallOptions['keys'] & object => {
  const parsed = parseKeyScript(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.steps;
};

const kinds = (call: { ladder: readonly { event: string }[] }): string[] => call.ladder.map(({ event }) => event);

/** Resolves when the agent has received these keys, in this order. */
function keys(call: AgentCall, wanted: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    call.on('key', (key) => {
      heard += key;
      if (heard.length >= wanted.length) resolve(heard);
    });
  });
}

describe('a caller and an agent phone', () => {
  it.each(['udp', 'tcp'] as const)('hear each other\'s tone over a call by %s, and the recording is what was heard', async (protocol) => {
    const phone = await agentPhone({ say: { kind: 'tone', hz: 850 }, protocol });
    const arrived = next(phone, 'call');
    const call = await (await caller()).call({ from: '4711', to: phone.uri, protocol, say: { kind: 'tone', hz: 620 } });
    const agentCall = await arrived;
    expect(await Promise.all([call.waitForTone(850, { timeoutMs: 3000 }), agentCall.waitForTone(620, { timeoutMs: 3000 })])).toEqual([true, true]);
    call.hangUp();
    const [report, agentReport] = await Promise.all([call.finished, agentCall.finished]);
    expect(report).toMatchObject({ result: 'completed', status: 200 });
    expect(agentReport.ladder.at(-1)).toMatchObject({ event: 'ended', by: 'remote' });
    expect(kinds(call)).toEqual(['inviteSent', 'answered', 'firstPacket', 'soundBegan', 'ended']);
    expect(kinds(agentCall)).toEqual(['inviteReceived', 'answered', 'firstPacket', 'soundBegan', 'ended']);
    const folder = await mkdtemp(join(tmpdir(), 'phone-'));
    closers.push(() => rm(folder, { recursive: true }));
    await call.saveRecording(join(folder, 'heard.wav'));
    const wav = parseWav(await readFile(join(folder, 'heard.wav')));
    expect(wav.sampleRate).toBe(8000);
    expect(toneShare(wav.pcm.subarray(-1600), 850)).toBeGreaterThan(0.7);
  });

  it('carry scripted keys after the prompt, as RFC 4733 events', async () => {
    const prompt = new Int16Array(2400).map((_, i) => 8000 * Math.sin(i / 3));
    const phone = await agentPhone({ say: { kind: 'sound', pcm: prompt } });
    const arrived = next(phone, 'call');
    const call = await (await caller()).call({ from: '4711', to: phone.uri, keys: script('prompt:200 47#'), keyMs: 60, gapMs: 60, hangUpAfterKeysMs: 60 });
    expect(await keys(await arrived, '47#')).toBe('47#');
    await call.finished;
    expect(kinds(call).filter((event) => event !== 'soundEnded')).toEqual(['inviteSent', 'answered', 'firstPacket', 'soundBegan', 'keySent', 'keySent', 'keySent', 'keysDone', 'ended']);
    expect(JSON.stringify(call.ladder)).not.toMatch(/"(key|digit)"/);
    const sent = call.ladder.find((entry) => entry.event === 'keySent');
    const answered = call.ladder.find((entry) => entry.event === 'answered');
    expect((sent?.atMs ?? 0) - (answered?.atMs ?? 0)).toBeGreaterThan(450);
  });

  it('carry keys as SIP INFO, or as tones to a peer without telephone-event', async () => {
    const phone = await agentPhone({ codecs: [PCMU] });
    for (const keyMode of ['info', 'auto'] as const) {
      const arrived = next(phone, 'call');
      const call = await (await caller()).call({ from: '4711', to: phone.uri, keys: script('5 hangup'), keyMode });
      const agentCall: AgentCall = await arrived;
      const bodies: string[] = [];
      agentCall.incoming.on('info', ({ body }) => bodies.push(body));
      await call.finished;
      await agentCall.finished;
      expect(call.ladder.find((entry) => entry.event === 'keySent')).toMatchObject({ path: keyMode === 'info' ? 'info' : 'tones' });
      if (keyMode === 'info') expect(bodies).toEqual(['Signal=5\r\nDuration=120\r\n']);
      else {
        const recording = agentCall.recording();
        const loudest = Array.from({ length: Math.floor(recording.length / 160) }, (_, i) => recording.subarray(i * 160, i * 160 + 160));
        expect(loudest.some((part) => toneShare(part, 770) + toneShare(part, 1336) > 0.9)).toBe(true);
      }
    }
  });

  it('put each other on hold', async () => {
    const phone = await agentPhone({ say: { kind: 'tone', hz: 850 } });
    const arrived = next(phone, 'call');
    const call = await (await caller()).call({ from: '4711', to: phone.uri, say: { kind: 'tone', hz: 620 } });
    const agentCall = await arrived;
    await agentCall.waitForTone(620, { timeoutMs: 3000 });
    expect(await agentCall.hold()).toBe(true);
    expect(kinds(call)).toContain('heldByPeer');
    const before = agentCall.media.stats.receivedPackets;
    await call.waitForTone(850, { timeoutMs: 300, minShare: 1.1 });
    expect(agentCall.media.stats.receivedPackets - before).toBeLessThanOrEqual(2);
    expect(await agentCall.resume()).toBe(true);
    expect(kinds(call)).toContain('resumedByPeer');
    expect(await agentCall.waitForTone(620, { timeoutMs: 3000 })).toBe(true);
  });

  it('agree on late offer', async () => {
    const phone = await agentPhone({ say: { kind: 'tone', hz: 850 } });
    const call = await (await caller()).call({ from: '4711', to: phone.uri, isLateOffer: true, codecs: [PCMU, TELEPHONE_EVENT] });
    expect(await call.waitForTone(850, { timeoutMs: 3000 })).toBe(true);
    expect(call.media.codec).toBe('PCMU');
  });
});

describe('an agent phone with a registrar', () => {
  it('registers with digest where it can be called, and takes that back when it closes', async () => {
    const verifier = new DigestVerifier({ realm: 'vaxel', now: () => 0 });
    const bound: string[] = [];
    const registrar = await UserAgent.open({
      host: HOST, port: 0,
      onRequest: (transaction) => {
        const { request } = transaction;
        const isRight = verifier.verify(request.headers.get('authorization') ?? '', 'REGISTER', (name) => (name === '201' ? 'secret' : undefined)).ok;
        if (isRight) bound.push(`${request.headers.get('contact')} ${request.headers.get('expires')}`);
        transaction.respond(makeResponse(request, isRight ? 200 : 401, { toTag: 'r', headers: isRight ? [] : verifier.challenges().map((value) => ['WWW-Authenticate', value] as const) }));
      },
    });
    closers.push(() => registrar.close());
    const register = { registrar: `sip:${HOST}:${registrar.port}`, aor: 'sip:201@vaxel', expiresSeconds: 120 };
    const phone = await AgentPhone.open({ host: HOST, user: '201', rule: { kind: 'ring' }, register: { ...register, credentials: { username: '201', password: 'secret' } } });
    expect(await next(phone, 'registered')).toEqual({ expiresSeconds: 120 });
    await phone.close();
    const contact = `<${phone.uri}>`;
    expect(bound).toEqual([`${contact} 120`, `${contact} 0`]);
    const wrong = await agentPhone({ register: { ...register, credentials: { username: '201', password: 'x' } } });
    expect(await next(wrong, 'registrationFailed')).toMatchObject({ status: 401 });
  });
});

describe('the answering rule', () => {
  it('auto answers at once when asked to, without ringing, and rings when not', async () => {
    const phone = await agentPhone({ rule: { kind: 'auto' } });
    const from = await caller();
    const asked = await from.call({ from: '4711', to: phone.uri, headers: [['Call-Info', '<sip:x>;answer-after=0']], keys: script('hangup') });
    expect((await asked.finished).result).toBe('completed');
    expect(kinds(asked)).not.toContain('provisional');
    const plain = await from.call({ from: '4711', to: phone.uri });
    await next(plain.call, 'ringing');
    plain.hangUp();
    expect(await plain.finished).toMatchObject({ result: 'failed', status: 487 });
  });

  it('answers after the set time', async () => {
    const phone = await agentPhone({ rule: { kind: 'after', ms: 200 } });
    const call = await (await caller()).call({ from: '4711', to: phone.uri, keys: script('hangup') });
    const { ladder } = await call.finished;
    expect(kinds(call).slice(0, 3)).toEqual(['inviteSent', 'provisional', 'answered']);
    expect(ladder[2]?.atMs).toBeGreaterThanOrEqual(200);
  });

  it.each([486, 603])('refuses with %s and tells when the INVITE came', async (status) => {
    const phone = await agentPhone({ rule: { kind: 'reject', status } });
    const refused = next(phone, 'refused');
    const before = Date.now();
    const call = await (await caller()).call({ from: '4711', to: phone.uri });
    expect(await call.finished).toMatchObject({ result: 'failed', status });
    expect((await refused).arrivedAtMs).toBeGreaterThanOrEqual(before);
  });

  it('stays silent when it is never to answer, until the caller gives up', async () => {
    const phone = await agentPhone({ rule: { kind: 'never' } });
    const call = await (await caller()).call({ from: '4711', to: phone.uri, ringTimeoutMs: 250 });
    expect(await call.finished).toMatchObject({ result: 'failed', status: 487 });
    expect(kinds(call)).not.toContain('provisional');
  });

  it('stops to ring with 487 when the invitation has expired', async () => {
    const phone = await agentPhone({ rule: { kind: 'ring' } });
    const call = await (await caller()).call({ from: '4711', to: phone.uri, headers: [['Expires', '1']] });
    expect(await call.finished).toMatchObject({ result: 'failed', status: 487 });
  });

  it('is busy while it talks', async () => {
    const phone = await agentPhone();
    const from = await caller();
    const first = await from.call({ from: '4711', to: phone.uri });
    await next(first.call, 'answered');
    expect((await (await from.call({ from: '4712', to: phone.uri })).finished).status).toBe(486);
  });

  it('refuses a call without a common codec', async () => {
    const phone = await agentPhone({ codecs: [PCMU] });
    const call = await (await caller()).call({ from: '4711', to: phone.uri, codecs: [{ payload: 8, name: 'PCMA', rate: 8000 }] });
    expect(await call.finished).toMatchObject({ result: 'failed', status: 488 });
  });
});
