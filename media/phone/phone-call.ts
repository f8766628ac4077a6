import { EventEmitter } from 'node:events';
import { writeWav8k } from '../rtp/wav.js';
import type { RtpStats } from '../rtp/session.js';
import type { Call } from '../sip/call.js';
import type { Clock } from '../sip/clock.js';
import { audioOf } from '../sip/offer-answer.js';
import type { LadderEntry, LadderEvent } from './ladder.js';
import type { PhoneMedia } from './phone-media.js';
import type { Saying } from './sound-source.js';

export interface CallReport {
  result: 'completed' | 'failed';
  /** Final SIP status of the INVITE: 200 when it was answered. */
  status: number;
  reason: string;
  /** Time between answer and end; 0 when it was not answered. */
  talkMs: number;
  ladder: readonly LadderEntry[];
  stats: RtpStats;
}

export interface PhoneCallEvents {
  ladder: [LadderEntry];
  /** A key of the peer, for a test that plays the other side. Not in the ladder. */
  key: [string];
  finished: [CallReport];
}

/** A call of a phone: signalling, audio and the ladder of what happened. */
export class PhoneCall extends EventEmitter<PhoneCallEvents> {
  readonly ladder: LadderEntry[] = [];
  /** Resolves when the call is over, whatever way; never rejects. The audio is closed by then, the recording stays. */
  readonly finished: Promise<CallReport>;
  private readonly startedAtMs: number;
  private answeredAtMs: number | undefined;
  private keysHeard = 0;
  private wasHeld = false;
  private recorded: Int16Array | undefined;

  constructor(readonly call: Call, readonly media: PhoneMedia, private readonly clock: Clock) {
    super();
    this.startedAtMs = clock.now();
    this.finished = new Promise((resolve) => this.once('finished', resolve));
    this.listenToMedia();
    this.listenToCall();
  }

  /** Adds an entry with the time since the call began. */
  note(event: LadderEvent): void {
    const entry = { ...event, atMs: Math.round(this.clock.now() - this.startedAtMs) };
    this.ladder.push(entry);
    this.emit('ladder', entry);
  }

  /** Ends the call: CANCEL, refusal or BYE. */
  hangUp(): void {
    this.call.hangUp();
  }

  /** What we say from now on. */
  say(saying: Saying): void {
    this.media.say(saying);
  }

  /** Puts the peer on hold. Resolves with whether it took it. */
  async hold(): Promise<boolean> {
    const result = await this.call.reinvite(this.media.offer('sendonly'));
    if (result.ok) {
      this.media.take(result.sdp);
      this.note({ event: 'held' });
    }
    return result.ok;
  }

  /** Takes the peer back from hold. Resolves with whether it took it. */
  async resume(): Promise<boolean> {
    const result = await this.call.reinvite(this.media.offer('sendrecv'));
    if (result.ok) {
      this.media.take(result.sdp);
      this.note({ event: 'resumed' });
    }
    return result.ok;
  }

  /** Resolves with true as soon as this tone fills what is heard, with false after `timeoutMs` or when the call ends. */
  waitForTone(hz: number, opts: { timeoutMs: number; minShare?: number }): Promise<boolean> {
    return new Promise((resolve) => {
      const endsAt = this.media.now() + opts.timeoutMs;
      const check = (): void => {
        const { share, loudness } = this.media.tone(hz);
        const isHeard = share >= (opts.minShare ?? 0.8) && loudness > 300;
        if (!isHeard && this.media.now() < endsAt && this.recorded === undefined) return void this.clock.setTimer(20, check);
        resolve(isHeard);
      };
      check();
    });
  }

  /** What was heard, 8 kHz, on the wall clock since the media was opened. */
  recording(): Int16Array {
    return this.recorded ?? this.media.recording();
  }

  /** Writes what was heard: 8 kHz, 16 bit, mono. Rejects when the file cannot be written. */
  saveRecording(path: string): Promise<void> {
    return writeWav8k(path, this.recording());
  }

  /** The call came up. */
  protected answered(): void {
    this.answeredAtMs = this.clock.now();
    this.note({ event: 'answered', codec: this.media.codec });
  }

  private listenToMedia(): void {
    this.media.onFirstPacket = () => this.note({ event: 'firstPacket' });
    this.media.onSound = (isSound) => this.note({ event: isSound ? 'soundBegan' : 'soundEnded' });
    this.media.onKey = (key, durationMs) => {
      this.note({ event: 'keyReceived', number: ++this.keysHeard, durationMs });
      this.emit('key', key);
    };
  }

  private listenToCall(): void {
    const { call, media } = this;
    call.on('reinvite', (reinvite) => {
      const sdp = reinvite.offer === undefined ? media.offer() : media.answer(reinvite.offer);
      if (sdp === undefined) reinvite.reject(488);
      else reinvite.accept(sdp);
    });
    call.on('media', ({ sdp }) => this.remoteChanged(sdp));
    call.on('failed', ({ status, reason, cause }) => {
      this.note({ event: 'failed', status, reason, cause });
      this.finish({ result: 'failed', status, reason });
    });
    call.on('ended', ({ by, reason, request }) => {
      const cause = request?.headers.get('reason');
      this.note({ event: 'ended', by, reason, ...(cause === undefined ? {} : { cause }) });
      this.finish({ result: 'completed', status: 200, reason });
    });
  }

  private remoteChanged(sdp: string): void {
    const direction = audioOf(sdp)?.direction;
    const isHeld = direction === 'sendonly' || direction === 'inactive';
    if (isHeld !== this.wasHeld) this.note({ event: isHeld ? 'heldByPeer' : 'resumedByPeer' });
    this.wasHeld = isHeld;
  }

  private finish(outcome: Pick<CallReport, 'result' | 'status' | 'reason'>): void {
    this.recorded = this.media.recording();
    const talkMs = this.answeredAtMs === undefined ? 0 : Math.round(this.clock.now() - this.answeredAtMs);
    const report = { ...outcome, talkMs, ladder: this.ladder, stats: this.media.stats };
    void this.media.close().then(() => this.emit('finished', report));
  }
}
