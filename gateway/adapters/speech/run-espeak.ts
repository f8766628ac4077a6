import { spawn } from 'node:child_process';
import { failed, ok, type Result } from '../../core/errors.js';
import type { Language } from '../../core/flow/flow-types.js';
import type { Engine } from './engine.js';

const VOICES: Readonly<Record<Language, string>> = { sv: 'sv', nb: 'nb', en: 'en-gb' };
/** A little slower than the engine's usual 175 words a minute: it has to be understood on a bad line. */
export const WORDS_PER_MINUTE = 155;
const TIME_LIMIT_MS = 20_000;
const MAX_BYTES = 30_000_000;

export const voiceOf = (language: Language): string => VOICES[language];

export interface EspeakJob {
  readonly engine: Engine;
  readonly language: Language;
  readonly text: string;
  readonly signal: AbortSignal;
}

/** Lets the engine speak; the result is the WAV that it wrote, or `missing` when there is no such program. The child ends with the signal or after 20 s. */
export function runEspeak({ engine: { command, args }, language, text, signal }: EspeakJob): Promise<Result<Buffer> | 'missing'> {
  return new Promise((resolve) => {
    // The text goes in by stdin: as an argument it could be taken for an option.
    const child = spawn(command, [...args, '-v', voiceOf(language), '-s', String(WORDS_PER_MINUTE), '-b', '1'], {
      stdio: ['pipe', 'pipe', 'pipe'],
      signal,
      timeout: TIME_LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    const chunks: Buffer[] = [];
    let size = 0;
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BYTES) chunks.push(chunk);
      else child.kill('SIGKILL');
    });
    child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(0, 300)));
    child.stdin.on('error', (error) => (complaint ||= error.message)); // EPIPE when the child ended early; its exit says why
    child.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ENOENT' ? 'missing' : failed('VG_MEDIA', sayWhy(error, command))));
    child.on('close', (code) => {
      if (code === 0 && size <= MAX_BYTES) resolve(ok(Buffer.concat(chunks)));
      else resolve(failed('VG_MEDIA', `${command} ended with ${code ?? 'a signal'}: ${complaint.trim().split('\n')[0] ?? ''}`));
    });
    child.stdin.end(`${text}\n`);
  });
}

function sayWhy(error: Error, command: string): string {
  return error.name === 'AbortError' ? 'speech was called off' : `${command} could not be started: ${error.message}`;
}
