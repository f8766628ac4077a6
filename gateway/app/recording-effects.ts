import type { CallEffect } from '../core/call/call-effects.js';
import type { Result } from '../core/errors.js';
import type { Clock } from '../ports/clock.js';
import type { MessageStore } from '../ports/message-store.js';
import type { Telephony } from '../ports/telephony.js';
import type { CallActor } from './call-actor.js';
import { whenOverdue } from './when-overdue.js';

type RecordingEffect = Extract<CallEffect, { type: 'media.record' | 'media.stopRecording' }>;

/** How much later than its limit a recording may end: beep and all. */
const OVERDUE_MS = 8_000;

export interface RecordingEffectsOptions {
  readonly telephony: Pick<Telephony, 'record' | 'stopRecording'>;
  readonly messages: MessageStore;
  readonly clock: Clock;
}

/** Records callers, and tells what it came to: once it is over, the file says how long it is. */
export class RecordingEffects {
  private readonly running = new Set<string>();

  constructor(private readonly options: RecordingEffectsOptions) {}

  async run(actor: CallActor, effect: RecordingEffect): Promise<void> {
    if (effect.type === 'media.record') return this.record(actor, effect);
    await this.options.telephony.stopRecording(effect.legId);
    // Otherwise whoever records tells it.
    if (!this.running.has(effect.recordingId)) await this.tell(actor, effect.recordingId);
  }

  private async record(actor: CallActor, effect: Extract<RecordingEffect, { type: 'media.record' }>): Promise<void> {
    const { telephony, messages, clock } = this.options;
    const { legId, recordingId, maxMs, silenceMs } = effect;
    const path = await messages.recordingPath(recordingId);
    if (!path.ok) return this.failed(actor, recordingId, path.error.detail);
    this.running.add(recordingId);
    // No silence for ever: a recording that the media server never ends is taken as far as it came.
    const ended = await new Promise<Result<null> | 'late'>((resolve, reject) => {
      const cancelWatch = whenOverdue(clock, { ms: maxMs, graceMs: OVERDUE_MS }, () => resolve('late'));
      telephony.record(legId, { path: path.value, maxMs, silenceMs }).finally(cancelWatch).then(resolve, reject);
    });
    this.running.delete(recordingId);
    if (ended === 'late') {
      actor.log.error({ recordingId }, 'recording never ended');
      await telephony.stopRecording(legId);
    } else if (!ended.ok && ended.error.code !== 'VG_LEG_GONE') return this.failed(actor, recordingId, ended.error.detail);
    return this.tell(actor, recordingId);
  }

  private async tell(actor: CallActor, recordingId: string): Promise<void> {
    const measured = await this.options.messages.measure(recordingId);
    if (!measured.ok) return this.failed(actor, recordingId, measured.error.detail);
    actor.log.info({ recordingId, durationMs: measured.value }, 'recorded');
    actor.dispatch({ type: 'recording.ended', at: this.options.clock.now(), recordingId, durationMs: measured.value });
  }

  private failed(actor: CallActor, recordingId: string, detail: string): void {
    actor.log.error({ recordingId, detail }, 'not recorded');
    actor.dispatch({ type: 'recording.failed', at: this.options.clock.now(), recordingId });
  }
}
