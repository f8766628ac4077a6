import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pacer } from '../../rtp/pacer.js';
import { FRAME_MS } from '../../rtp/pacer.js';
import { FRAME_SAMPLES } from '../../rtp/g711.js';
import { resample } from '../../rtp/resample.js';
import { joinSounds } from '../../rtp/tone.js';
import { WavFormatError, parseWav } from '../../rtp/wav.js';
import type { Log } from '../log.js';
import type { SoundSource } from './sound-source.js';
import { silenceOf, soundOf } from './sound-source.js';
import { parseToneScript } from './tone-script.js';

const RATE = 8000;
const MAX_FILE_BYTES = 64 * 1024 * 1024;
const MAX_CACHED_SAMPLES = 32 * 1024 * 1024;

interface Cached {
  readonly pcm: Int16Array;
  readonly version: string;
}

/** Finds what a play asks for: files (kept decoded, as a thousand calls play the same prompts), silence, tones and the music stream. */
export class SoundLibrary {
  readonly #log: Log;
  readonly #pacer: Pacer;
  readonly #files = new Map<string, Cached>();
  readonly #streams = new Map<string, { readonly pcm: Int16Array; readonly startedAtMs: number }>();
  #cachedSamples = 0;

  constructor(opts: { log: Log; pacer: Pacer }) {
    this.#log = opts.log;
    this.#pacer = opts.pacer;
  }

  /** Loads every WAV of a folder, by name, as one endless stream. Without usable files the stream does not exist. */
  async addStream(name: string, folder: string): Promise<void> {
    const names = (await readdir(folder).catch(() => [])).filter((file) => file.toLowerCase().endsWith('.wav')).sort();
    const sounds = await Promise.all(names.map((file) => this.#load(join(folder, file))));
    const pcm = joinSounds(sounds.filter((sound) => sound !== undefined));
    if (pcm.length === 0) return this.#log.warn({ stream: name, folder }, 'no music: local_stream cannot be played');
    this.#streams.set(name, { pcm, startedAtMs: this.#pacer.now() });
  }

  hasStream(name: string): boolean {
    return this.#streams.has(name);
  }

  /** The source behind a name as `playback` takes it; undefined: FILE NOT FOUND. */
  async find(name: string): Promise<SoundSource | undefined> {
    const scheme = /^([a-z_]+):\/\/(.*)$/s.exec(name);
    if (scheme === null) return this.#findFile(name);
    const [, kind, rest = ''] = scheme;
    if (kind === 'silence_stream') return silenceOf(rest);
    if (kind === 'file_string') return this.#findAll(rest.split('!'));
    if (kind === 'local_stream') return this.#joinStream(rest);
    if (kind === 'tone_stream') {
      const script = parseToneScript(rest);
      return script === undefined ? undefined : soundOf(script.pcm, { type: 'tone_stream', loops: script.loops });
    }
    this.#log.error({ scheme: kind }, 'sound scheme not supported by the softswitch');
    return undefined;
  }

  async #findFile(name: string): Promise<SoundSource | undefined> {
    const seek = /^(.*)@@(\d+)$/.exec(name);
    const path = seek?.[1] ?? name;
    if (!path.startsWith('/')) return undefined;
    const pcm = await this.#load(path);
    return pcm === undefined ? undefined : soundOf(pcm, { fromSample: Number(seek?.[2] ?? 0) });
  }

  /** Several files as one sound, which one uuid_break ends whole. A missing one is left out, as in a list. */
  async #findAll(names: readonly string[]): Promise<SoundSource | undefined> {
    const found = await Promise.all(names.filter((name) => name !== '').map((name) => this.find(name)));
    const sources = found.filter((source) => source !== undefined);
    if (sources.length === 0) return undefined;
    return {
      type: 'file_string',
      next: () => {
        for (let frame = sources[0]?.next(); sources.length > 0; frame = sources[0]?.next()) {
          if (frame !== undefined) return frame;
          sources.shift();
        }
        return undefined;
      },
    };
  }

  /** Everybody hears the same place of a stream; who comes later does not start it over. */
  #joinStream(name: string): SoundSource | undefined {
    const stream = this.#streams.get(name);
    if (stream === undefined) return undefined;
    const frames = Math.max(1, Math.floor(stream.pcm.length / FRAME_SAMPLES));
    let at = Math.floor((this.#pacer.now() - stream.startedAtMs) / FRAME_MS);
    return {
      type: 'local_stream',
      next: () => {
        const live = Math.floor((this.#pacer.now() - stream.startedAtMs) / FRAME_MS);
        // Follow the clock after an interruption, but not its jitter of a frame.
        at = Math.abs(live - at) > 2 ? live : at + 1;
        const sample = (at % frames) * FRAME_SAMPLES;
        return stream.pcm.subarray(sample, sample + FRAME_SAMPLES);
      },
    };
  }

  async #load(path: string): Promise<Int16Array | undefined> {
    try {
      const info = await stat(path);
      if (!info.isFile() || info.size > MAX_FILE_BYTES) return undefined;
      const version = `${info.mtimeMs}/${info.size}`;
      const known = this.#files.get(path);
      if (known?.version === version) return known.pcm;
      const sound = parseWav(await readFile(path));
      const pcm = resample(sound.pcm, sound.sampleRate, RATE);
      this.#keep(path, { pcm, version });
      return pcm;
    } catch (error) {
      // A missing or unreadable file is an answer to the client (FILE NOT FOUND), not a failure of the server.
      this.#log.debug({ path, reason: error instanceof WavFormatError ? error.message : 'unreadable' }, 'sound file refused');
      return undefined;
    }
  }

  #keep(path: string, cached: Cached): void {
    this.#cachedSamples += cached.pcm.length - (this.#files.get(path)?.pcm.length ?? 0);
    this.#files.delete(path);
    this.#files.set(path, cached);
    for (const [oldest, { pcm }] of this.#files) {
      if (this.#cachedSamples <= MAX_CACHED_SAMPLES || oldest === path) break;
      this.#files.delete(oldest);
      this.#cachedSamples -= pcm.length;
    }
  }
}
