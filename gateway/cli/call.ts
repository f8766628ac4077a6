import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { HeadlessPhone } from '../../media/phone/headless-phone.js';
import { parseKeyScript } from '../../media/phone/key-script.js';
import type { LadderEntry } from '../../media/phone/ladder.js';
import type { CallReport } from '../../media/phone/phone-call.js';
import type { Protocol, Source } from '../../media/sip/transport.js';
import { projectFile } from '../project.js';
import { askForEnd } from './ask-end.js';
import { watchFirstAnswer } from './first-answer.js';
import { makeFolder, OWNER_ONLY } from './folder.js';
import { describe } from './ladder-text.js';
import { localAddressTowards } from './local-address.js';
import { HERTZ, numberOption, SECONDS } from './number-option.js';
import { Output } from './output.js';
import { runningSystem } from './state-file.js';
import { hopTo, unreachedText } from './unreached.js';

export const CALL_HELP = `vaxel call [options]
  Places a real call, presses keys, shows it step by step and saves what was
  heard as WAV. Ends with 0 when it ended as expected, else with 1.
  --keys "<script>"  digits * #; "prompt" waits until a prompt was heard to its
                     end, "wait:1500" waits in ms, "hangup" hangs up
  --from <number>    the caller's number (+46701234567)
  --to <address>     sip:number@host:port (the system that \`vaxel up\` runs)
  --transport <p>    udp or tcp (udp)
  --talk <s>         hangs up so long after the last key
  --max <s>          hangs up after so long in any case (180)
  --tone <Hz>        says a tone in place of silence
  --wav <file>       where to save (var/calls/<time>.wav)
  --expect <result>  completed, abandoned or rejected (completed)
  --var <folder>     where \`vaxel up\` keeps its data (var)
  --json             one object a line`;

const OPTIONS = {
  keys: { type: 'string', default: '' },
  from: { type: 'string', default: '+46701234567' },
  to: { type: 'string' },
  transport: { type: 'string', default: 'udp' },
  /** Hang up so many seconds after the last key; without it the far end hangs up, or --max does. */
  talk: { type: 'string' },
  max: { type: 'string', default: '180' },
  tone: { type: 'string' },
  wav: { type: 'string' },
  expect: { type: 'string', default: 'completed' },
  json: { type: 'boolean', default: false },
  var: { type: 'string', default: projectFile('var') },
} as const;

/** What may stand in the request as it is; anything else would be a message that nobody answers. */
const CALLER = /^[A-Za-z0-9+*#._-]{1,64}$/;
const TARGET = /^sip:[^\s@<>]+@[^\s@<>]+$/;
const RESULTS = ['completed', 'abandoned', 'rejected'] as const;
type Expected = (typeof RESULTS)[number];
const PROTOCOLS = ['udp', 'tcp'] as const satisfies readonly Protocol[];

/** @returns 0 when the call ended as expected, 1 when not, 2 for wrong usage */
export async function call(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const output = new Output(values.json);
  const script = parseKeyScript(values.keys);
  if (!script.ok) return output.problem(`--keys: ${script.reason}`);
  const expected = RESULTS.find((result) => result === values.expect);
  if (expected === undefined) return output.problem(`--expect: one of ${RESULTS.join(', ')}`);
  if (!CALLER.test(values.from)) return output.problem(`--from ${values.from}: a number such as +46701234567`);
  if (values.to !== undefined && !TARGET.test(values.to)) return output.problem(`--to ${values.to}: write it as sip:+46771000100@127.0.0.1:5060`);
  const protocol = PROTOCOLS.find((one) => one === values.transport);
  if (protocol === undefined) return output.problem(`--transport ${values.transport}: one of ${PROTOCOLS.join(', ')}`);
  const maxMs = numberOption('max', values.max, SECONDS) * 1_000;
  const talkMs = values.talk === undefined ? null : numberOption('talk', values.talk, SECONDS) * 1_000;
  const toneHz = values.tone === undefined ? null : numberOption('tone', values.tone, HERTZ);
  const system = runningSystem(values.var);
  const to = values.to ?? (system === null ? null : `sip:${system.number}@${system.sip}`);
  if (to === null) return output.problem('no running system found: start one with `npm start` (or vaxel up), name the folder that it was started with by --var, or name the target with --to sip:number@host:port');

  const wav = resolve(values.wav ?? join(values.var, 'calls', `${new Date().toISOString().replace(/[:.]/g, '-')}.wav`));
  // Before the call: what it said would be lost.
  if (values.wav !== undefined) makeFolder(dirname(wav), '--wav', OWNER_ONLY);

  const hop = await hopTo(to, protocol);
  if (hop === null) return output.problem(`--to ${to}: there is no host of that name, or its transport is neither udp nor tcp`);
  const phone = await HeadlessPhone.open({ host: await localAddressTowards(hop.address) });
  output.line({ event: 'calling', to, from: values.from }, `calling ${to} from ${values.from}`);
  const placed = await phone.call({
    from: values.from,
    to,
    via: hop,
    keys: script.steps,
    maxTalkMs: maxMs,
    say: toneHz === null ? { kind: 'silence' } : { kind: 'tone', hz: toneHz },
    ...(talkMs === null ? {} : { hangUpAfterKeysMs: talkMs }),
  });
  // One line alone is called `ended`: the last, with the result.
  const show = (entry: LadderEntry) => output.line({ ...entry, event: entry.event === 'ended' ? 'hungUp' : entry.event }, describe(entry));
  placed.ladder.forEach(show);
  placed.on('ladder', show);
  watchFirstAnswer(placed.call, { to: hop, output });
  const stop = () => placed.call.giveUp({ status: 487, reason: 'given up', cause: 'cancelled' });
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const report = await placed.finished;

  const unreached = whyUnreached(report, hop);
  const isSaved = unreached === null && (await save(placed, wav, output));
  await phone.close();
  if (unreached !== null) {
    output.line({ event: 'ended', result: 'unreachable', reason: unreached, status: report.status, heardMs: 0, wav: null }, `\nunreachable: ${unreached}\n${UNREACHED_HINT}`);
    return 1;
  }
  const end = await endOf(report, { sipCallId: placed.call.sipCallId, system });
  const heardMs = Math.round(placed.recording().length / 8);
  output.line(
    { event: 'ended', result: end.result, reason: end.reason, status: report.status, heardMs, wav: isSaved ? wav : null },
    `\n${end.result}: ${end.reason}\nheard ${(heardMs / 1_000).toFixed(1)} s${isSaved ? `, saved as ${wav}` : ''}`,
  );
  return end.result === expected ? 0 : 1;
}

const UNREACHED_HINT = 'Is it running, and is this its address? `vaxel up` prints the address of its SIP server; another one is named with --to sip:number@host:port and --transport udp|tcp';

/** Why nobody got the INVITE; null when somebody answered, or it was taken back. */
function whyUnreached({ ladder }: CallReport, to: Source): string | null {
  const failed = ladder.find((entry) => entry.event === 'failed');
  return failed?.cause === 'timeout' || failed?.cause === 'transport' ? unreachedText(to, failed.cause) : null;
}

async function save(placed: { saveRecording(path: string): Promise<void> }, wav: string, output: Output): Promise<boolean> {
  try {
    makeFolder(dirname(wav), '--wav', OWNER_ONLY);
    await placed.saveRecording(wav);
    return true;
  } catch (error) {
    output.problem(`the recording could not be saved: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

/**
 * How the call ended. A refused INVITE is `rejected`; otherwise the gateway's own word counts, asked over its API, and where that
 * cannot be asked: the far end ended it = completed, we did = abandoned.
 */
async function endOf(report: CallReport, call: { readonly sipCallId: string; readonly system: { readonly api: string; readonly apiToken: string } | null }): Promise<{ readonly result: string; readonly reason: string }> {
  if (report.result === 'failed' && report.status >= 300 && report.status !== 487) return { result: 'rejected', reason: `${report.status} ${report.reason}` satisfies string };
  const told = call.system === null ? null : await askForEnd(call.system, call.sipCallId);
  if (told !== null) return told;
  const wasUs = report.result === 'failed' || report.ladder.some((entry) => entry.event === 'ended' && entry.by === 'local');
  return { result: wasUs ? ('abandoned' satisfies Expected) : 'completed', reason: wasUs ? 'caller-hung-up' : 'far-end-hung-up' };
}
