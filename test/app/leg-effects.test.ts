import { beforeEach, describe, expect, it } from 'vitest';
import type { Centre, QueueSettings } from '../../gateway/app/centre.js';
import { LegEffects } from '../../gateway/app/leg-effects.js';
import { failed, ok, type Result } from '../../gateway/core/errors.js';
import type { LegHandle } from '../../gateway/ports/telephony.js';
import { address, ANNA, CALLER, PHONE, QUEUE } from '../core/call/call-story.js';
import { actorIn, deferred, effectOf, fakeCentre, FakeSpeech, FakeTelephony, settle, type ListeningActor } from '../support/call-fakes.js';
import { MemoryMessages } from '../support/memory-messages.js';
import { FakeClock } from '../support/fake-clock.js';

const callerHandle: LegHandle = { legId: CALLER, role: 'caller', ...address };
const phoneHandle: LegHandle = { legId: PHONE, role: 'agent', ...address };
const say = (...texts: readonly string[]) => ({ type: 'media.say' as const, legId: CALLER, sayId: 's1', utterances: texts.map((text) => ({ promptId: text, language: 'sv' as const, text })) });

describe('a call’s orders to its legs', () => {
  let telephony: FakeTelephony;
  let speech: FakeSpeech;
  let clock: FakeClock;
  let effects: LegEffects;
  let actor: ListeningActor;
  beforeEach(() => {
    telephony = new FakeTelephony();
    speech = new FakeSpeech();
    clock = new FakeClock();
    effects = new LegEffects({ telephony, speech, centre: fakeCentre, clock, messages: new MemoryMessages(), promptFile: (file) => `/prompts/${file}` });
    actor = actorIn('waiting');
  });

  it('answer, and tell where the leg can be reached', async () => {
    telephony.answered = ok(callerHandle);
    await effects.run(actor, { type: 'leg.answer', legId: CALLER });
    expect(actor.told).toEqual([{ type: 'leg.answered', at: clock.now(), legId: CALLER, address }]);
  });

  it('tell why a caller could not be answered', async () => {
    telephony.answered = failed('VG_MEDIA', 'no media server');
    await effects.run(actor, { type: 'leg.answer', legId: CALLER });
    expect(actor.told).toMatchObject([{ type: 'leg.failed', code: 'VG_MEDIA' }]);
  });

  it('ring the agent’s phone beside the caller, showing the caller’s number', async () => {
    telephony.dialled = Promise.resolve(ok(phoneHandle));
    await effects.run(actor, effectOf('ringing', 'leg.dial'));
    expect(telephony.lastDial).toEqual({ callId: 'call-1', legId: PHONE, aor: 'sip:anna@vaxel', beside: CALLER, callerNumber: '+46701234567', shouldAutoAnswer: true, hasEarlyMedia: false });
    expect(actor.told).toMatchObject([{ type: 'leg.answered', legId: PHONE, address }]);
  });

  it('tell why a phone was not answered', async () => {
    await effects.run(actor, effectOf('ringing', 'leg.dial'));
    expect(actor.told).toMatchObject([{ type: 'leg.failed', legId: PHONE, code: 'VG_BUSY' }]);
  });

  it('end a phone that was lifted by a hair before its ring was stopped', async () => {
    await effects.run(actor, { type: 'leg.cancelDial', legId: PHONE });
    expect(telephony.asked).toEqual([`cancel ${PHONE}`, `hangUp ${PHONE} offer over`]);
  });

  it('give up a prompt that the media server never ends, so that no caller waits in silence', async () => {
    telephony.played = new Promise(() => undefined);
    void effects.run(actor, say('Hej'));
    await settle();
    clock.advance(4_900);
    expect(actor.told).toEqual([]);
    clock.advance(60_000);
    expect(actor.told).toMatchObject([{ type: 'say.failed', sayId: 's1' }]);
    expect(telephony.asked).toContain(`hush ${CALLER}`);
  });

  it('give up no prompt that ended while this process stood still', async () => {
    const ended = deferred<Awaited<FakeTelephony['played']>>();
    telephony.played = ended.promise;
    const said = effects.run(actor, say('Hej'));
    await settle();
    clock.jump(60_000);
    ended.resolve(ok({ isWhole: true }));
    await said;
    clock.advance(60_000);
    expect(actor.told).toMatchObject([{ type: 'say.ended', sayId: 's1', isWhole: true }]);
    expect(actor.kept.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('give up no prompt that was hushed: what is said then is not cut short', async () => {
    telephony.played = new Promise(() => undefined);
    void effects.run(actor, say('Hej'));
    await settle();
    await effects.run(actor, { type: 'media.hush', legId: CALLER, sayId: 's1' });
    clock.advance(60_000);
    expect(actor.told).toEqual([]);
    expect(telephony.asked.filter((order) => order.startsWith('hush'))).toHaveLength(1);
  });

  it('prepare the phone without auto-answer', async () => {
    await effects.run(actor, { type: 'leg.prepareDial', legId: PHONE, agentId: ANNA, beside: CALLER });
    expect(telephony.lastDial?.shouldAutoAnswer).toBe(false);
    expect(actor.told).toEqual([]);
  });

  it('dial out to the number asked for', async () => {
    telephony.dialled = Promise.resolve(ok({ ...phoneHandle, legId: PHONE }));
    await effects.run(actor, { type: 'leg.dialOut', legId: PHONE, target: 'sip:other@127.0.0.1', headers: {}, beside: CALLER });
    expect(telephony.lastDial).toMatchObject({ aor: 'sip:other@127.0.0.1', shouldAutoAnswer: false, hasEarlyMedia: true });
  });

  it('bridge, and tell how it went', async () => {
    await effects.run(actor, { type: 'media.bridge', caller: CALLER, agent: PHONE });
    telephony.bridged = failed('VG_MEDIA', 'refused');
    await effects.run(actor, { type: 'media.bridge', caller: CALLER, agent: PHONE });
    expect(actor.told).toMatchObject([{ type: 'bridge.made' }, { type: 'bridge.failed', code: 'VG_MEDIA' }]);
  });

  it('play the music of the queue in which the caller waits, and the default elsewhere', async () => {
    const centre: Centre = { ...fakeCentre, queue: (id) => ({ ...fakeCentre.queue(QUEUE), id, musicFiles: ['/music/a.wav', '/music/b.wav'] }) as QueueSettings };
    const own = new LegEffects({ telephony, speech, centre, clock, messages: new MemoryMessages(), promptFile: (file) => file });
    await own.run(actor, { type: 'media.music', legId: CALLER, queue: QUEUE });
    await own.run(actor, { type: 'media.music', legId: CALLER });
    expect(telephony.asked.slice(-2)).toEqual([`music ${CALLER} /music/a.wav /music/b.wav`, `music ${CALLER}`]);
  });

  it('go on without music when there is none', async () => {
    telephony.startMusic = () => Promise.resolve(failed('VG_LEG_GONE', 'gone'));
    await effects.run(actor, { type: 'media.music', legId: CALLER });
    expect(actor.told).toEqual([]);
    expect(actor.kept.of('no music')).toHaveLength(1);
  });
});

describe('a prompt', () => {
  let telephony: FakeTelephony;
  let speech: FakeSpeech;
  let effects: LegEffects;
  let actor: ListeningActor;
  beforeEach(() => {
    telephony = new FakeTelephony();
    speech = new FakeSpeech();
    effects = new LegEffects({ telephony, speech, centre: fakeCentre, clock: new FakeClock(), messages: new MemoryMessages(), promptFile: (file) => `/prompts/${file}` });
    actor = actorIn('flow');
  });

  it('is spoken and played in one go, recorded files first asked for', async () => {
    const order = say('ett', 'tvaa');
    const [first, second] = order.utterances;
    await effects.run(actor, { ...order, utterances: [first, { ...second, file: 'sv/two.wav' }] as typeof order.utterances });
    expect(telephony.asked).toEqual([`play ${CALLER} /speech/ett.wav,/prompts/sv/two.wav`]);
    expect(speech.words).toEqual(['sv:ett']);
    expect(actor.told).toMatchObject([{ type: 'say.ended', sayId: 's1', isWhole: true }]);
  });

  it('that is hushed while it is being rendered is never played', async () => {
    const rendered = deferred<Result<null>>();
    speech.rendered = rendered.promise;
    const said = effects.run(actor, say('ett'));
    await effects.run(actor, { type: 'media.hush', legId: CALLER, sayId: 's1' });
    rendered.resolve(ok(null));
    await said;
    expect(telephony.asked).toEqual([`hush ${CALLER}`]);
    expect(actor.told).toMatchObject([{ type: 'say.ended', sayId: 's1', isWhole: false }]);
  });

  it('that is hushed while it plays was not heard whole', async () => {
    const played = deferred<Result<{ isWhole: boolean }>>();
    telephony.played = played.promise;
    const said = effects.run(actor, say('ett'));
    await settle();
    await effects.run(actor, { type: 'media.hush', legId: CALLER, sayId: 's1' });
    played.resolve(ok({ isWhole: true }));
    await said;
    expect(actor.told).toMatchObject([{ type: 'say.ended', isWhole: false }]);
  });

  it('keeps the hushes of one call from the prompts of another', async () => {
    const other = actorIn('flow');
    Object.defineProperty(other, 'callId', { value: 'call-2' });
    await effects.run(other, { type: 'media.hush', legId: CALLER, sayId: 's1' });
    await effects.run(actor, say('ett'));
    expect(actor.told).toMatchObject([{ isWhole: true }]);
  });

  it('that cannot be spoken is reported, not played in part', async () => {
    speech.rendered = Promise.resolve(failed('VG_MEDIA', 'no speech program'));
    await effects.run(actor, say('ett', 'tvaa'));
    expect(telephony.asked).toEqual([]);
    expect(actor.told).toMatchObject([{ type: 'say.failed', sayId: 's1' }]);
    expect(actor.kept.of('prompt cannot be spoken')).toHaveLength(1);
  });

  it('that the media server does not play is reported with an error', async () => {
    telephony.played = Promise.resolve(failed('VG_MEDIA', 'FILE NOT FOUND'));
    await effects.run(actor, say('ett'));
    expect(actor.told).toMatchObject([{ type: 'say.failed' }]);
    expect(actor.kept.of('prompt not heard')).toHaveLength(1);
  });

  it('to a caller who left is no error', async () => {
    telephony.played = Promise.resolve(failed('VG_LEG_GONE', 'gone'));
    await effects.run(actor, say('ett'));
    expect(actor.told).toMatchObject([{ type: 'say.failed' }]);
    expect(actor.kept.lines.filter((line) => line.level === 'error')).toEqual([]);
  });

  it('without words is over at once', async () => {
    await effects.run(actor, say());
    expect(telephony.asked).toEqual([]);
    expect(actor.told).toMatchObject([{ type: 'say.ended', isWhole: true }]);
  });
});
