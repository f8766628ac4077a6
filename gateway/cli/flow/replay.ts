import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { DraftReplay } from '../../app/draft-replay.js';
import { DraftedVersions, partsIn, type DraftedVersionsOptions } from '../../app/drafted-versions.js';
import { flowsWith, inspectContent } from '../../content.js';
import { flowIdOf } from '../../core/flow/load.js';
import { formatProblem, type Problem } from '../../core/flow/problem.js';
import { readRecording } from '../../core/recording/recording.js';
import { projectFile } from '../../project.js';
import { Output } from '../output.js';
import { gatewayOf, NO_GATEWAY, type AskedGateway } from './asked-gateway.js';
import { contentFolder, defaultFolder, type ContentFolder } from './content-folder.js';
import { publishedVersions } from './published-versions.js';
import { recordedLines, wantedOf } from './recordings.js';
import { callerText, tableText } from './replay-text.js';

export const REPLAY_HELP = `vaxel flow replay <draft.yaml> [options]
  What the recorded callers would come to in a draft of a flow: keys, times and
  answers of back ends as they were, on the live interpreter. Lists who ends
  elsewhere, is asked something new, or depends on what was not recorded.
  The draft's parts and prompts are as the folder has them; everything else is
  as it was published with the version of the call, for which a gateway is
  asked. Ends with 0 when all end as they did, 1 when some do not, 2 for wrong
  input.
  --calls <file>    of \`vaxel flow recordings\`; else a gateway is asked
  --since <time>    a time ago such as 24h, 90m or 7d, or a date such as
                    2026-11-28 or 2026-11-28T14:00:00+01:00 (24h)
  --limit <n>       at most so many calls (10000)
  --flow <flow>     the flow that the draft stands in for (its file's name)
  --flows <folder>  (the draft's own, or ivr-flows)
  --var <folder>    where \`vaxel up\` keeps its data (var)
  --api <url>       a gateway that \`vaxel up\` does not run; VAXEL_API_TOKEN is
                    its API_TOKEN
  --json            one object a line`;

const OPTIONS = {
  calls: { type: 'string' },
  since: { type: 'string', default: '24h' },
  flow: { type: 'string' },
  flows: { type: 'string' },
  limit: { type: 'string', default: '10000' },
  json: { type: 'boolean', default: false },
  api: { type: 'string' },
  var: { type: 'string', default: projectFile('var') },
} as const;

/** Progress is told so often. */
const TELL_EVERY_MS = 2_000;

/** A line that is no recording. */
class BadLine extends Error {}

/** @returns 0 when all end as they did, 1 when some do not, 2 for wrong input */
export async function replay(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const output = new Output(values.json);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) return output.problem('name one draft, such as drafts/main-menu.yaml');
  if (!existsSync(file) || !statSync(file).isFile()) return output.problem(`${file}: there is no such file; name the draft's YAML file`);
  const folder = values.flows === undefined ? (contentFolder(file) ?? defaultFolder()) : contentFolder(values.flows);
  if (folder === null) return output.problem(`--flows: ${values.flows ?? ''} is no folder of flows`);
  const draft = { flow: values.flow ?? flowIdOf(file), name: file, text: readFileSync(file, 'utf8') };
  const loaded = loadDraft(draft, folder);
  if ('problems' in loaded) return told(loaded.problems, output);
  const gateway = gatewayOf(values);
  const calls = values.calls === undefined ? await fromGateway(gateway, values) : fromFile(values.calls);
  if (typeof calls === 'string') return output.problem(calls);
  try {
    return await play(calls, { flows: loaded, gateway, output, source: values.calls ?? 'the gateway' });
  } catch (error) {
    return output.problem(error instanceof BadLine ? error.message : `the calls broke off: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function told(problems: readonly Problem[], output: Output): number {
  for (const problem of problems) output.line({ event: 'problem', ...problem }, formatProblem(problem));
  return 2;
}

type Loaded = Omit<DraftedVersionsOptions, 'store' | 'unreachable'>;

/** The flows with the draft among them, or what is wrong. The file that the draft replaces may be faulty. Parts of the draft and prompts are drafts too: they would be published with it. */
function loadDraft(draft: { readonly flow: string; readonly name: string; readonly text: string }, folder: ContentFolder): Loaded | { readonly problems: readonly Problem[] } {
  const { content, problems } = inspectContent(folder.path, process.env);
  const named = (problem: Problem): Problem => (problem.file === draft.name ? problem : { ...problem, file: folder.nameOf(problem.file) });
  if (content === null) return { problems: problems.map(named) };
  const flows = flowsWith(content, draft);
  if (!flows.ok) return { problems: flows.problems.map(named) };
  const { library, sources } = content;
  const own = [{ name: `${draft.flow}.yaml`, text: draft.text }];
  return {
    draft: { flow: draft.flow, flows: [...partsIn(own, sources.flows), ...own], prompts: sources.prompts },
    files: { drafted: flows.value, live: content.flows }, folder: sources.flows, library,
  };
}

async function fromGateway(gateway: AskedGateway | null, values: { readonly since: string; readonly limit: string }): Promise<AsyncIterable<string> | string> {
  if (gateway === null) return `${NO_GATEWAY}; or replay a file of calls with --calls`;
  // Of any flow: the draft may be a part of the one that was called.
  const wanted = wantedOf({ since: values.since, limit: values.limit });
  if (typeof wanted === 'string') return wanted;
  const found = await recordedLines(gateway, wanted);
  return found.ok ? found.lines : found.why;
}

const fromFile = (file: string): AsyncIterable<string> | string =>
  existsSync(file) && statSync(file).isFile() ? createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY }) : `--calls: ${file}: there is no such file; make one with \`vaxel flow recordings\``;

interface Playing {
  readonly flows: Loaded;
  readonly gateway: AskedGateway | null;
  readonly output: Output;
  /** Where the calls come from, to name a bad line. */
  readonly source: string;
}

async function play(calls: AsyncIterable<string>, { flows, gateway, output, source }: Playing): Promise<number> {
  let why = '';
  const replay = new DraftReplay(new DraftedVersions({ ...flows, store: publishedVersions(gateway), unreachable: (_flow, _version, error) => void (why = error instanceof Error ? error.message : String(error)) }));
  let line = 0;
  let toldAt = performance.now();
  for await (const text of calls) {
    line++;
    if (text.trim() === '') continue;
    const read = readRecording(text);
    if (!read.ok) throw new BadLine(`${source}:${line}: ${read.what}. Fix: ${read.fix}`);
    await replay.play(read.recording);
    if (performance.now() - toldAt < TELL_EVERY_MS) continue;
    toldAt = performance.now();
    process.stderr.write(`${line} calls replayed\n`);
  }
  tell(replay, { draft: flows.draft.flow, why, output });
  return replay.tally.isAsBefore ? 0 : 1;
}

function tell({ tally, callers }: DraftReplay, { draft, why, output }: { readonly draft: string; readonly why: string; readonly output: Output }): void {
  const { figures, results } = tally;
  output.line({ event: 'replayed', draft, ...figures, ...(why === '' ? {} : { why }) }, tableText(figures, results, { draft, why }));
  for (const group of results) output.line({ event: 'group', ...group }, '');
  for (const caller of callers) output.line({ event: 'caller', ...caller, at: new Date(caller.at).toISOString() }, callerText(caller));
}
