import { beforeEach, describe, expect, it } from 'vitest';
import type { AgentSettings } from '../../gateway/app/centre.js';
import { MessageDesk } from '../../gateway/app/message-desk.js';
import { MessageEffects } from '../../gateway/app/message-effects.js';
import { RecordingEffects } from '../../gateway/app/recording-effects.js';
import { ThreadFiling } from '../../gateway/app/thread-filing.js';
import { failed, ok, type Result } from '../../gateway/core/errors.js';
import { summaryBefore } from '../../gateway/core/flow/summarise.js';
import { brand, type AgentId } from '../../gateway/core/ids.js';
import type { Interaction } from '../../gateway/core/thread/interaction.js';
import type { VoiceMessage } from '../../gateway/core/thread/voice-message.js';
import { CALLER } from '../core/call/call-story.js';
import { actorIn, deferred, fakeCentre, FakeTelephony, settle, type ListeningActor } from '../support/call-fakes.js';
import { FakeClock } from '../support/fake-clock.js';
import { MemoryMessages } from '../support/memory-messages.js';
import { MemoryThread } from '../support/memory-thread.js';
import { KeptLog } from '../support/silent-log.js';

const DAY_MS = 86_400_000;
const ANNA = brand<AgentId>('anna');
const messageAt = (id: string, at: number): VoiceMessage => ({ id, callId: 'call-1', at, durationMs: 23_000, number: '+46701234567', customer: { id: '1001', name: 'Maria' }, reason: 'outage', language: 'sv', flow: 'main-menu' });

let clock: FakeClock;
let messages: MemoryMessages;
let thread: MemoryThread;
let actor: ListeningActor;
beforeEach(() => {
  clock = new FakeClock();
  messages = new MemoryMessages();
  thread = new MemoryThread();
  actor = actorIn('flow');
});

describe('a message that becomes one', () => {
  const effects = () => new MessageEffects({ messages, filing: new ThreadFiling({ thread, clock }), clock, source: '/test', summarise: () => ({ ...summaryBefore({ flowId: 'main-menu', version: 'v', language: 'sv' }), statedReason: 'outage', customer: { id: '1001', name: 'Maria', confidence: 'verified' } }) });

  it('is kept with what is known of the caller, then told in the thread', async () => {
    await effects().run(actor, { type: 'message.file', messageId: 'm', durationMs: 23_000 });
    expect(messages.kept.get('m')).toMatchObject({ id: 'm', durationMs: 23_000, customer: { id: '1001', name: 'Maria' }, reason: 'outage', language: 'sv', flow: 'main-menu' });
    expect(thread.interactions.get('voice:m')).toMatchObject({ subject: '1001', data: { summary: 'Left a message, 23 s.', messageId: 'm', reason: 'outage' } });
  });

  it('is kept later when it cannot be at once, and not told before', async () => {
    messages.failures = 2;
    await effects().run(actor, { type: 'message.file', messageId: 'm', durationMs: 23_000 });
    expect([messages.kept.size, thread.interactions.size]).toEqual([0, 0]);
    for (let tries = 0; tries < 2; tries++) {
      clock.advance(2_000);
      await settle();
    }
    expect([messages.kept.size, thread.interactions.size]).toEqual([1, 1]);
  });

  it('is thrown away when the caller does not want it', async () => {
    await effects().run(actor, { type: 'message.discard', messageId: 'm' });
    expect(messages.discarded).toEqual(['m']);
  });
});

describe('a recording', () => {
  const ORDER = { type: 'media.record', legId: CALLER, recordingId: 'm', maxMs: 60_000, silenceMs: 4_000 } as const;
  const STOP = { type: 'media.stopRecording', legId: CALLER, recordingId: 'm' } as const;
  let telephony: FakeTelephony;
  let effects: RecordingEffects;
  beforeEach(() => {
    telephony = new FakeTelephony();
    effects = new RecordingEffects({ telephony, messages, clock });
    messages.lengths.set('m', 8_000);
  });
  const told = () => actor.told.map((event) => [event.type, 'durationMs' in event ? event.durationMs : null]);

  it.each([['its end', ok(null)], ['the end of the leg', failed('VG_LEG_GONE', 'gone')]] as const)('is as long as its file says, after %s', async (_what, result: Result<null>) => {
    telephony.recorded = Promise.resolve(result);
    await effects.run(actor, ORDER);
    expect(telephony.asked).toEqual([`record ${CALLER} /messages/recording/m.wav`]);
    expect(told()).toEqual([['recording.ended', 8_000]]);
  });

  it('has failed when the media server says so, and is not begun where nothing can be written', async () => {
    telephony.recorded = Promise.resolve(failed('VG_MEDIA', 'no'));
    await effects.run(actor, ORDER);
    messages.isFull = true;
    await effects.run(actor, ORDER);
    expect(told()).toEqual([['recording.failed', null], ['recording.failed', null]]);
    expect(telephony.asked).toHaveLength(1);
  });

  it('that is stopped is told once, by whoever records', async () => {
    const over = deferred<Result<null>>();
    telephony.recorded = over.promise;
    const running = effects.run(actor, ORDER);
    await settle();
    await effects.run(actor, STOP);
    expect([telephony.asked.at(-1), told()]).toEqual([`stopRecording ${CALLER}`, []]);
    over.resolve(ok(null));
    await running;
    expect(told()).toEqual([['recording.ended', 8_000]]);
  });

  it('of a process that died is told by its file', async () => {
    await effects.run(actor, STOP);
    expect(told()).toEqual([['recording.ended', 8_000]]);
  });

  it('that never ends is taken as far as it came', async () => {
    telephony.recorded = deferred<Result<null>>().promise;
    const running = effects.run(actor, ORDER);
    await settle();
    clock.advance(60_000 + 8_000);
    await running;
    expect(told()).toEqual([['recording.ended', 8_000]]);
    expect(telephony.asked.at(-1)).toBe(`stopRecording ${CALLER}`);
  });
});

describe('messages of the desk', () => {
  let appended: Result<null>;
  let log: KeptLog;
  let desk: MessageDesk;
  beforeEach(() => {
    appended = ok(null);
    log = new KeptLog();
    const append = (interaction: Interaction) => (appended.ok ? thread.append(interaction) : Promise.resolve(appended));
    desk = new MessageDesk({ messages, thread: { append }, centre: fakeCentre, keepDays: 30, source: '/test', clock, log });
  });
  const keep = (id: string, daysAgo: number): void => void messages.kept.set(id, messageAt(id, clock.now() - daysAgo * DAY_MS));

  it('are done by the agent’s name, with a note in the thread; a second time is refused', async () => {
    keep('m', 1);
    expect(await desk.done(ANNA, { id: 'm', note: 'called back' })).toEqual({ ok: true, value: null });
    expect(thread.interactions.get('voice:m:note')?.data).toMatchObject({ agent: 'Anna Lind', note: 'called back', summary: 'Message dealt with' });
    expect(await desk.done(ANNA, { id: 'm', note: 'again' })).toMatchObject({ ok: false, error: { code: 'VG_REFUSED' } });
  });

  it('are for whoever has a phone to call back with', () => {
    const agents: Readonly<Record<string, AgentSettings>> = { anna: { id: ANNA, name: 'Anna', phone: { address: 'sip:anna@vaxel', answer: 'screen' }, isSupervisor: false }, cia: { id: brand<AgentId>('cia'), name: 'Cia', phone: null, isSupervisor: true } };
    desk = new MessageDesk({ messages, thread, centre: { agent: (id) => agents[id] ?? null }, keepDays: 30, source: '/test', clock, log });
    expect(['anna', 'cia', 'nobody'].map((id) => desk.takesCalls(brand<AgentId>(id)))).toEqual([true, false, false]);
  });

  it('are removed after their days, and the thread says so, and whether anybody had dealt with them', async () => {
    keep('old', 31);
    keep('done', 40);
    keep('young', 29);
    messages.done.set('done', { agent: 'Anna', at: 1, note: '' });
    await desk.removeOld(clock.now());
    expect([...messages.kept.keys()]).toEqual(['young']);
    expect(thread.interactions.get('voice:old:removed')?.data.summary).toMatch(/^The message of \d{4}-\d\d-\d\d, 23 s, was removed after 30 days; nobody had dealt with it\.$/);
    expect(thread.interactions.get('voice:done:removed')?.data.summary).toMatch(/removed after 30 days\.$/);
    expect(messages.cleared).toEqual([clock.now() - DAY_MS]);
  });

  it('stay while the thread cannot be told', async () => {
    keep('old', 31);
    appended = failed('VG_STORE', 'away');
    await desk.removeOld(clock.now());
    expect([...messages.kept.keys()]).toEqual(['old']);
  });

  it('are looked through every hour until the desk closes', async () => {
    desk.start();
    await settle();
    keep('old', 31);
    clock.advance(3_600_000);
    await settle();
    expect(messages.kept.size).toBe(0);
    desk.close();
    clock.advance(3_600_000);
    await settle();
    expect(messages.cleared).toHaveLength(2);
  });
});
