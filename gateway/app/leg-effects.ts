import type { CallEffect } from '../core/call/call-effects.js';
import type { Utterance } from '../core/flow/flow-types.js';
import { ok } from '../core/errors.js';
import type { LegId } from '../core/ids.js';
import type { Clock } from '../ports/clock.js';
import type { MessageStore } from '../ports/message-store.js';
import type { Speech } from '../ports/speech.js';
import type { DialRequest, LegHandle, Telephony } from '../ports/telephony.js';
import type { CallActor } from './call-actor.js';
import type { Centre } from './centre.js';
import { whenOverdue } from './when-overdue.js';

export interface LegEffectsOptions {
  readonly telephony: Telephony;
  readonly speech: Speech;
  readonly centre: Centre;
  readonly clock: Clock;
  readonly messages: Pick<MessageStore, 'recordingPath' | 'measure'>;
  /** Absolute path of a recorded prompt below `media/prompts`. */
  readonly promptFile: (file: string) => string;
}

type LegEffect = Extract<
  CallEffect,
  { type: 'leg.answer' | 'leg.reject' | 'leg.hangUp' | 'leg.dial' | 'leg.dialOut' | 'leg.prepareDial' | 'leg.cancelDial' | 'media.say' | 'media.hush' | 'media.music' | 'media.bridge' }
>;

/** How much later than its length a prompt may end. */
const OVERDUE_MS = 5_000;
/** The length of a recorded prompt is not known here. */
const LONGEST_RECORDING_MS = 120_000;
/** A message that the caller hears again goes on after its last sound: the silence that ended it. */
const RECORDED_TAIL_MS = 20_000;

/** Carries out orders to legs and their media; results go back to the call as events. */
export class LegEffects {
  /** What is being said, so that a hush that comes while the words are still being rendered is kept. */
  private readonly hushed = new Set<string>();

  constructor(private readonly options: LegEffectsOptions) {}

  async run(actor: CallActor, effect: LegEffect): Promise<void> {
    const { telephony, clock } = this.options;
    switch (effect.type) {
      case 'leg.answer': {
        const answered = await telephony.answer(effect.legId);
        if (answered.ok) return actor.dispatch({ type: 'leg.answered', at: clock.now(), legId: effect.legId, address: addressOf(answered.value) });
        actor.log.info({ legId: effect.legId, code: answered.error.code, detail: answered.error.detail }, 'not answered');
        return actor.dispatch({ type: 'leg.failed', at: clock.now(), legId: effect.legId, code: answered.error.code });
      }
      case 'leg.reject':
        return telephony.reject(effect.legId, effect.status, effect.reason);
      case 'leg.hangUp':
        return telephony.hangUp(effect.legId, effect.cause);
      case 'leg.prepareDial':
        return telephony.prepareDial(this.dialRequest(actor, { ...effect, shouldAutoAnswer: false }));
      case 'leg.dial':
        return this.dial(actor, { legId: effect.legId, request: this.dialRequest(actor, effect) });
      case 'leg.dialOut': {
        const { legId, beside, target, headers } = effect;
        const isCustomer = legId === actor.state.callerLeg.legId;
        // A customer whom we call sees the number that they called, and has nobody to hear what comes before their answer.
        const ours = isCustomer ? ({ callerNumber: actor.state.dnis, hasEarlyMedia: false, role: 'caller' } as const) : { callerNumber: actor.state.ani, hasEarlyMedia: true };
        return this.dial(actor, { legId, request: { callId: actor.callId, legId, aor: target, beside, shouldAutoAnswer: false, headers, ...ours } });
      }
      case 'leg.cancelDial':
        await telephony.cancelDial(effect.legId);
        // The phone may have been lifted by a hair before: then there is no ring to stop but a leg to end.
        return telephony.hangUp(effect.legId, 'offer over');
      case 'media.say':
        return this.say(actor, effect);
      case 'media.hush':
        this.hushed.add(keyOf(actor, effect.sayId));
        return telephony.hush(effect.legId);
      case 'media.music': {
        const music = await telephony.startMusic(effect.legId, effect.queue === undefined ? [] : (this.options.centre.queue(effect.queue)?.musicFiles ?? []));
        if (!music.ok) actor.log.warn({ code: music.error.code }, 'no music');
        return;
      }
      case 'media.bridge': {
        const bridged = await telephony.bridge(effect.caller, effect.agent);
        if (bridged.ok) return actor.dispatch({ type: 'bridge.made', at: clock.now() });
        actor.log.warn({ detail: bridged.error.detail }, 'bridge failed');
        return actor.dispatch({ type: 'bridge.failed', at: clock.now(), code: bridged.error.code });
      }
    }
  }

  private async dial(actor: CallActor, what: { readonly legId: LegId; readonly request: DialRequest }): Promise<void> {
    const { telephony, clock } = this.options;
    const { legId, request } = what;
    const answered = await telephony.dial(request, (at) => actor.log.info({ legId, to: request.aor, at }, 'phone rings'));
    if (answered.ok) return actor.dispatch({ type: 'leg.answered', at: clock.now(), legId, address: addressOf(answered.value) });
    actor.log.info({ legId, to: request.aor, code: answered.error.code, detail: answered.error.detail }, 'phone not answered');
    actor.dispatch({ type: 'leg.failed', at: clock.now(), legId, code: answered.error.code });
  }

  private dialRequest(actor: CallActor, effect: Pick<Extract<LegEffect, { type: 'leg.dial' }>, 'legId' | 'agentId' | 'beside' | 'shouldAutoAnswer'>): DialRequest {
    const { legId, beside, shouldAutoAnswer, agentId } = effect;
    const aor = this.options.centre.agent(agentId)?.phone?.address ?? '';
    return { callId: actor.callId, legId, aor, beside, callerNumber: actor.state.ani, shouldAutoAnswer, hasEarlyMedia: false };
  }

  private async say(actor: CallActor, effect: Extract<LegEffect, { type: 'media.say' }>): Promise<void> {
    const { telephony, clock } = this.options;
    const { sayId } = effect;
    const sound = await this.soundOf(actor, effect.utterances);
    if (sound?.files.length === 0) return actor.dispatch({ type: 'say.ended', at: clock.now(), sayId, isWhole: true });
    if (sound === null) return actor.dispatch({ type: 'say.failed', at: clock.now(), sayId });
    const { files } = sound;
    if (this.hushed.delete(keyOf(actor, sayId))) return actor.dispatch({ type: 'say.ended', at: clock.now(), sayId, isWhole: false });
    actor.log.info({ sayId, prompts: effect.utterances.map((utterance) => utterance.promptId), files }, 'says');
    // No silence: a prompt that the media server never ends is given up, and the flow goes on. After a hush it has gone on, and says something else.
    const cancelWatch = whenOverdue(clock, { ms: sound.lengthMs, graceMs: OVERDUE_MS }, () => {
      if (this.hushed.has(keyOf(actor, sayId))) return;
      actor.log.error({ sayId, files }, 'prompt never ended');
      void telephony.hush(effect.legId);
      actor.dispatch({ type: 'say.failed', at: clock.now(), sayId });
    });
    const played = await telephony.play(effect.legId, files);
    cancelWatch();
    const wasHushed = this.hushed.delete(keyOf(actor, sayId));
    if (played.ok) return actor.dispatch({ type: 'say.ended', at: clock.now(), sayId, isWhole: played.value.isWhole && !wasHushed });
    if (played.error.code !== 'VG_LEG_GONE') actor.log.error({ sayId, detail: played.error.detail }, 'prompt not heard');
    actor.dispatch({ type: 'say.failed', at: clock.now(), sayId });
  }

  /** Null when a prompt can neither be found nor spoken. */
  private async soundOf(actor: CallActor, utterances: readonly Utterance[]): Promise<{ readonly files: readonly string[]; readonly lengthMs: number } | null> {
    const files: string[] = [];
    let lengthMs = 0;
    const rendered = await Promise.all(utterances.map((utterance) => this.rendered(utterance)));
    for (const [index, sound] of rendered.entries()) {
      if (typeof sound === 'string') {
        files.push(sound);
        lengthMs += LONGEST_RECORDING_MS;
      } else if (sound.ok) {
        files.push(sound.value.path);
        lengthMs += sound.value.durationMs;
      } else {
        actor.log.error({ prompt: utterances[index]?.promptId, detail: sound.error.detail }, 'prompt cannot be spoken');
        return null;
      }
    }
    return { files, lengthMs };
  }

  /** A file that is there, or speech. */
  private async rendered({ file, recording, language, text }: Utterance): Promise<string | Awaited<ReturnType<Speech['render']>>> {
    if (recording !== undefined) {
      const [path, length] = await Promise.all([this.options.messages.recordingPath(recording), this.options.messages.measure(recording)]);
      if (!path.ok) return path;
      return length.ok ? ok({ path: path.value, durationMs: length.value + RECORDED_TAIL_MS }) : length;
    }
    return file === undefined ? this.options.speech.render({ language, text }) : this.options.promptFile(file);
  }

  forget(callId: string): void {
    for (const key of this.hushed) if (key.startsWith(callId)) this.hushed.delete(key);
  }
}

/** Flows number what they say anew in each call. */
const keyOf = (actor: CallActor, sayId: string): string => `${actor.callId} ${sayId}`;

const addressOf = (handle: LegHandle) => ({ dialogId: handle.dialogId, mediaServer: handle.mediaServer, channel: handle.channel });
