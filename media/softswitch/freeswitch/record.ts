import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FRAME_SAMPLES } from '../../rtp/g711.js';
import { hold, type Activity } from './activity.js';
import type { Channel, ExecuteRequest } from './channel.js';
import { splitWords } from './inline-dialplan.js';
import { isTerminator } from './playback.js';
import { RecordingFile } from './recording-file.js';

const FRAME_MS = 20;
const BUFFERING = 'enable_file_write_buffering';
const NOTHING = new Int16Array(FRAME_SAMPLES);

/**
 * The record application: `<file> [<limit s> [<threshold> [<silence s>]]]`. What the peer says, as 8 kHz 16 bit WAV, until a terminator,
 * the limit, so much silence in a row (also before the first word), or uuid_break. While no RTP arrives nothing is written, and it counts as
 * silence. It reaches the file in pieces of 64 kB unless `enable_file_write_buffering` is false. A file that cannot be written ends the channel.
 */
export async function record(channel: Channel, arg: string, request: ExecuteRequest): Promise<void> {
  const [path = '', limit = '0', threshold = '0', silence = '0'] = splitWords(arg);
  channel.vars.set('playback_terminator_used', '');
  if (!(await isWritable(path))) return channel.hangup('DESTINATION_OUT_OF_ORDER');
  const file = await RecordingFile.create(path, { isBuffered: (channel.vars.get(BUFFERING) ?? '') === '' || channel.vars.isTrue(BUFFERING) });
  let frames = 0;
  const quiet = new Quiet(Number(threshold), Number(silence) * 1_000);
  const mostFrames = Number(limit) > 0 ? (Number(limit) * 1_000) / FRAME_MS : Infinity;
  let hasHeard = false;
  const activity: Activity = {
    ending: undefined,
    isBreakable: true,
    isLocked: request.isLocked,
    onFrame(pcm) {
      if (activity.ending !== undefined) return;
      hasHeard = true;
      file.add(pcm);
      frames += 1;
      if (frames >= mostFrames || quiet.hasLasted(pcm)) channel.finish(activity, 'done');
    },
    // Asked once each 20 ms, after what arrived was heard.
    nextFrame() {
      if (!hasHeard && quiet.hasLasted(NOTHING)) channel.finish(activity, 'done');
      hasHeard = false;
      return undefined;
    },
    onDigit(digit) {
      if (!isTerminator(channel, digit)) return;
      channel.vars.set('playback_terminator_used', digit);
      channel.finish(activity, 'break');
    },
  };
  await hold(channel, activity);
  await file.close();
  const ms = frames * FRAME_MS;
  channel.vars.set('record_seconds', String(Math.floor(ms / 1_000)));
  channel.vars.set('record_ms', String(ms));
  channel.vars.set('record_samples', String(frames * FRAME_SAMPLES));
}

/** How long it has been quiet: the mean of a frame below the threshold. */
class Quiet {
  private ms = 0;

  constructor(private readonly threshold: number, private readonly limitMs: number) {}

  hasLasted(pcm: Int16Array): boolean {
    if (this.threshold <= 0) return false;
    let sum = 0;
    for (const sample of pcm) sum += Math.abs(sample);
    this.ms = sum / pcm.length < this.threshold ? this.ms + FRAME_MS : 0;
    return this.ms >= this.limitMs;
  }
}

const isWritable = (path: string): Promise<boolean> => stat(dirname(path)).then((folder) => path.startsWith('/') && folder.isDirectory(), () => false);
