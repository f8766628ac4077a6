import { z } from 'zod';
import { breakerSchema, missingNames, serviceHeaders, serviceUrl } from '../../core/flow/header-value.js';
import { loadYaml, type Loaded } from '../../core/flow/load.js';
import type { Finding } from '../../core/flow/problem.js';

/** Callers wait for words with values in them: longer than this they wait in silence. */
const MAX_LIMIT_MS = 10_000;
const voiceName = z.string().min(1).max(100);

/**
 * `speech.yaml`: a service that speaks by HTTP. It gets a JSON `body` (in which `$text`, `$voice` and `$language` stand for their values)
 * or a document `ssml` (with `{{text}}`, `{{voice}}` and `{{language}}`, escaped for XML), and answers 200 with the sound.
 */
export const speechFileSchema = z.strictObject({
  url: serviceUrl,
  headers: serviceHeaders,
  voices: z.strictObject({ sv: voiceName, nb: voiceName, en: voiceName }).describe('Who speaks each language, by the name that the service has for the voice'),
  body: z.record(z.string().min(1).max(60), z.union([z.string().max(500), z.number(), z.boolean()])).optional().describe('Sent as JSON; $text, $voice and $language stand for their values'),
  ssml: z.string().min(1).max(2_000).optional().describe('Sent as application/ssml+xml; {{text}}, {{voice}} and {{language}} stand for their values'),
  answer: z
    .union([z.literal('wav'), z.strictObject({ pcm: z.int().min(8_000).max(48_000) })])
    .default('wav')
    .describe('What comes back: a WAV (mono 16 bit), or bare 16 bit little-endian samples at so many Hz'),
  timeoutMs: z.int().min(200).max(MAX_LIMIT_MS).default(4_000).describe('So long a caller waits for words that were not spoken before'),
  breaker: breakerSchema.default({ failures: 3, openMs: 30_000 }).describe('After failures in a row the service is left alone and espeak-ng speaks'),
});

export type SpeechFile = z.infer<typeof speechFileSchema>;

/** Reads the file; all problems come with their place. */
export function loadSpeechFile(text: string, fileName: string): Loaded<SpeechFile> {
  const loaded = loadYaml(text, fileName, speechFileSchema);
  if (!loaded.ok) return loaded;
  const { value, problemsOf } = loaded.value;
  const problems = problemsOf(lint(value));
  return problems.length === 0 ? { ok: true, value } : { ok: false, problems };
}

function lint({ body, ssml }: SpeechFile): readonly Finding[] {
  if (body !== undefined && ssml !== undefined) return [{ path: ['ssml'], what: 'there is a body and an ssml', fix: 'keep the one that the service wants' }];
  if (body !== undefined && !Object.values(body).includes('$text')) return [{ path: ['body'], what: 'the words are not in the body', fix: 'add a field with the value $text' }];
  if (ssml !== undefined && !ssml.includes('{{text}}')) return [{ path: ['ssml'], what: 'the words are not in the document', fix: 'write {{text}} where they belong' }];
  if (body === undefined && ssml === undefined) return [{ path: [], what: 'nothing is sent', fix: 'add body (JSON) or ssml' }];
  return [];
}

/** Environment variables that the file wants and that are not set. */
export function missingForSpeech(file: SpeechFile, environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return missingNames([file.url, ...Object.values(file.headers)], environment);
}
