import { CircuitBreaker } from '../../core/circuit-breaker.js';
import { failed, ok, type Result } from '../../core/errors.js';
import { headerText, urlText } from '../../core/flow/header-value.js';
import type { Language } from '../../core/flow/flow-types.js';
import { failureName, readBounded, withinLimit } from '../../outgoing-http.js';
import type { SpeechFile } from './speech-file.js';
import type { Voice, Words } from './voice.js';
import { samplesOf, writeWav } from '../../core/wav.js';

const MAX_BYTES = 30_000_000;
const LOCALES: Readonly<Record<Language, string>> = { sv: 'sv-SE', nb: 'nb-NO', en: 'en-GB' };
const XML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

export interface HttpVoiceOptions {
  readonly file: SpeechFile;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A steady clock, ms. */
  readonly now?: () => number;
}

/** A speech service behind HTTP. While it fails it is left alone, so that no caller waits for it again and again. */
export class HttpVoice implements Voice {
  readonly name = 'speech service';
  private readonly breaker: CircuitBreaker;

  constructor(private readonly options: HttpVoiceOptions) {
    this.breaker = new CircuitBreaker(options.file.breaker, options.now ?? (() => performance.now()));
  }

  recipe(language: Language): string {
    const { url, voices, body, ssml, answer } = this.options.file;
    return JSON.stringify([url, voices[language], body, ssml, answer]);
  }

  async speak(words: Words, signal: AbortSignal): Promise<Result<Buffer>> {
    if (!this.breaker.admits()) return failed('VG_MEDIA', 'the speech service is left alone after failures in a row');
    const spoken = await this.ask(words, signal);
    this.breaker.report(spoken.ok ? 'well' : signal.aborted ? 'unknown' : 'badly');
    return spoken;
  }

  private async ask(words: Words, signal: AbortSignal): Promise<Result<Buffer>> {
    const { file } = this.options;
    try {
      return await withinLimit(file.timeoutMs, signal, async (limited) => {
        const response = await this.send(words, limited);
        if (response.status !== 200) return failed('VG_MEDIA', `the speech service answered ${response.status}`);
        const sound = await readBounded(response, MAX_BYTES);
        return ok(file.answer === 'wav' ? sound : writeWav({ samples: samplesOf(sound), rate: file.answer.pcm }));
      });
    } catch (error) {
      return failed('VG_MEDIA', `the speech service did not answer: ${failureName(error)}`);
    }
  }

  private send(words: Words, signal: AbortSignal): Promise<Response> {
    const { file, environment } = this.options;
    const values: Readonly<Record<string, string>> = { text: words.text, voice: file.voices[words.language], language: LOCALES[words.language] };
    const headers = Object.fromEntries(Object.entries(file.headers).map(([name, value]) => [name, headerText(value, environment)]));
    const [type, body] =
      file.ssml === undefined
        ? ['application/json', JSON.stringify(Object.fromEntries(Object.entries(file.body ?? {}).map(([key, value]) => [key, filled(value, values)])))]
        : ['application/ssml+xml', file.ssml.replace(/\{\{(text|voice|language)\}\}/g, (_, name: string) => escapeXml(values[name] ?? ''))];
    // A redirect could carry the secret headers to another host.
    return fetch(urlText(file.url, environment), { method: 'POST', headers: { 'content-type': type, ...headers }, body, redirect: 'manual', signal });
  }
}

function filled(value: string | number | boolean, values: Readonly<Record<string, string>>): string | number | boolean {
  return typeof value === 'string' && value.startsWith('$') ? (values[value.slice(1)] ?? value) : value;
}

const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (sign) => XML[sign] ?? sign);
