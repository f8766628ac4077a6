import { once } from 'node:events';
import { failed, ok, type Result } from '../../core/errors.js';
import type { RecordingOrder } from '../../ports/telephony.js';
import type { Endpoint, MediaServer } from './libraries.js';

/**
 * FreeSWITCH stops a broken play in under 70 ms, a busy one later; longer than this nobody waits for it. A play that is asked for before is
 * made inside the other, which goes on after it.
 */
const BREAK_LIMIT_MS = 2_000;
const DEFAULT_MUSIC = 'local_stream://moh';
const BEEP = 'tone_stream://%(300,0,880)';
/** Mean of a frame's samples below which it counts as silence: 44 dB below full scale. */
const SILENCE_THRESHOLD = 200;
/**
 * FreeSWITCH 1.10.12 keeps the last 64 kB of a recording to itself until it closes the file, which is some 20 ms after the socket of a
 * channel that hung up has closed: until then a message of four seconds is an empty file. So each frame goes to the file at once.
 */
const RECORDING_VARIABLES = { enable_file_write_buffering: 'false' };
/** FreeSWITCH ends a channel in under 100 ms after the hang-up; longer than this nobody waits for it. */
const CHANNEL_END_LIMIT_MS = 2_000;

/** Variables of every leg, set once: keys never stop a play by themselves. */
const LEG_VARIABLES = { playback_terminators: 'none' };
/** Only the caller: when the agent's leg is lost the caller stays, parked, with the socket attached. */
const CALLER_VARIABLES = { ...LEG_VARIABLES, park_after_bridge: 'true' };

interface Playing {
  wasHushed: boolean;
  readonly ended: Promise<unknown>;
}

/** What is heard on one leg: plays one after the other, nested in the music if there is some. */
export class LegMedia {
  private playing: Playing | null = null;
  private wantsMusic = false;
  private music = DEFAULT_MUSIC;
  /** What sounds, or goes on after an announcement. */
  private sounding: string | null = null;
  private isChanging = false;
  private recording: { isStopped: boolean; hasBegun: boolean } | null = null;
  private isGone = false;
  private readonly gone: Promise<void>;
  private markGone: () => void = () => undefined;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly server: MediaServer,
  ) {
    this.gone = new Promise((resolve) => (this.markGone = resolve));
  }

  /**
   * An agent's channel sets its variable itself, and so is at rest when it is bridged: on FreeSWITCH 1.10.12 one whose phone answered on hold
   * else takes now this codec and now that when it is taken off hold.
   */
  async prepare(role: 'caller' | 'agent'): Promise<void> {
    await (role === 'caller' ? this.set(CALLER_VARIABLES) : this.orGone(this.endpoint.set(LEG_VARIABLES)));
  }

  /** Plays the files one after the other. fsmrf's promise never settles when the channel dies, hence the race with `ended`. */
  async play(files: readonly string[]): Promise<Result<{ readonly isWhole: boolean }>> {
    const before = this.playing;
    if (before !== null) await Promise.race([before.ended, this.gone, pause(BREAK_LIMIT_MS)]);
    if (this.isGone) return failed('VG_LEG_GONE', 'the channel is gone');
    const execution = this.endpoint.execute('playback', soundOf(files));
    const mine: Playing = { wasHushed: false, ended: execution.catch(() => undefined) };
    this.playing = mine;
    const event = await this.orGone(execution.catch((error: unknown) => new Error(String(error))));
    if (this.playing === mine) this.playing = null;
    this.keepMusic();
    if (event === null) return failed('VG_LEG_GONE', 'the channel ended while playing');
    if (event instanceof Error) return failed('VG_MEDIA', event.message);
    if (mine.wasHushed) return ok({ isWhole: false });
    const response = event.getHeader('Application-Response') ?? '';
    if (response.includes('NOT FOUND') || response.includes('ERROR')) return failed('VG_MEDIA', `${response}: ${files.join(', ')}`);
    return ok({ isWhole: true });
  }

  /** Beeps, then records. It is over when the application has ended, or its channel: fsmrf's promise does not settle then. */
  async record({ path, maxMs, silenceMs }: RecordingOrder): Promise<Result<null>> {
    const mine = { isStopped: false, hasBegun: false };
    this.recording = mine;
    await this.set(RECORDING_VARIABLES);
    const beep = await this.play([BEEP]);
    if (!beep.ok) return beep;
    if (mine.isStopped) return ok(null);
    mine.hasBegun = true;
    const channelOver = once(this.endpoint, 'destroy');
    const leftBehind = this.gone.then(() => pause(CHANNEL_END_LIMIT_MS));
    const execution = this.endpoint.execute('record', `${path} ${Math.ceil(maxMs / 1_000)} ${SILENCE_THRESHOLD} ${Math.ceil(silenceMs / 1_000)}`);
    const ended = await Promise.race([execution.then(() => null, (error: unknown) => new Error(String(error))), channelOver, leftBehind]);
    if (this.recording === mine) this.recording = null;
    if (ended instanceof Error) return failed('VG_MEDIA', ended.message);
    return ended === null && !this.isGone ? ok(null) : failed('VG_LEG_GONE', 'the channel ended while recording');
  }

  async stopRecording(): Promise<void> {
    const { recording } = this;
    if (recording === null || recording.isStopped) return;
    recording.isStopped = true;
    if (!recording.hasBegun) return this.hush();
    if (!this.isGone) await this.server.api(`uuid_break ${this.endpoint.uuid}`);
  }

  async hush(): Promise<void> {
    if (this.playing === null || this.playing.wasHushed) return;
    this.playing.wasHushed = true;
    // Not `all`: on FreeSWITCH 1.10.12 that leaves a mark behind which later ends the music as well.
    await this.server.api(`uuid_break ${this.endpoint.uuid}`);
  }

  /** Music goes on below later plays until a bridge cuts it. */
  startMusic(files: readonly string[]): Result<null> {
    if (this.isGone) return failed('VG_LEG_GONE', 'the channel is gone');
    this.wantsMusic = true;
    this.music = files.length === 0 ? DEFAULT_MUSIC : soundOf(files);
    this.keepMusic();
    return ok(null);
  }

  async stopMusic(): Promise<void> {
    const wasRunning = this.sounding !== null;
    this.wantsMusic = false;
    if (wasRunning && !this.isGone) await this.server.api(`uuid_break ${this.endpoint.uuid} all`);
  }

  /** A bridge cuts whatever plays: nothing is wrong with a prompt that ends so. Call it before the bridge is asked for. */
  willBeBridged(): void {
    this.wantsMusic = false;
    if (this.playing !== null) this.playing.wasHushed = true;
  }

  ended(): void {
    this.isGone = true;
    this.wantsMusic = false;
    this.markGone();
  }

  /**
   * Starts the music where it is wanted and nothing plays: a uuid_break of an announcement ends the music below it too
   * (44 ms later on FreeSWITCH 1.10.12), and music started during an announcement would interrupt it.
   */
  private keepMusic(): void {
    if (!this.wantsMusic || this.playing !== null || this.isGone) return;
    if (this.sounding !== null) return this.changeMusic();
    const music = this.music;
    this.sounding = music;
    this.isChanging = false;
    this.endpoint.execute('playback', music).then((event) => {
      this.sounding = null;
      if ((event.getHeader('Application-Response') ?? '').includes('NOT FOUND')) this.notFound(music);
      this.keepMusic();
    }, () => (this.sounding = null));
  }

  /** The music of another queue: the present one ends, then that begins. */
  private changeMusic(): void {
    if (this.sounding === this.music || this.isChanging) return;
    this.isChanging = true;
    void this.server.api(`uuid_break ${this.endpoint.uuid}`);
  }

  /** A media server that does not see the files has its own music; one without that would be asked again and again. */
  private notFound(music: string): void {
    if (music === DEFAULT_MUSIC) this.wantsMusic = false;
    else if (this.music === music) this.music = DEFAULT_MUSIC;
  }

  /** Without an application on the channel, of which its socket would tell with all variables that the channel has. */
  private async set(variables: Readonly<Record<string, string>>): Promise<void> {
    if (!this.server.connected()) return;
    const list = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    await this.orGone(this.server.api(`uuid_setvar_multi ${this.endpoint.uuid} ${list.join(';')}`));
  }

  private orGone<T>(work: Promise<T>): Promise<T | null> {
    return Promise.race([work, this.gone.then(() => null)]);
  }
}

/**
 * Several files as one sound: uuid_break stops only the present one of a delimited list and goes on with the next, but all of a
 * `file_string://` (seen on FreeSWITCH 1.10.12).
 */
function soundOf(files: readonly string[]): string {
  return files.length === 1 ? (files[0] ?? '') : `file_string://${files.join('!')}`;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
