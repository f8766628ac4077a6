import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readLoggedDay } from '../../app/logged-day.js';
import { foldOf } from '../../app/queue-figures.js';
import { planWhatIf, type Change } from '../../app/what-if.js';
import type { Span } from '../../core/acd/figure-fold.js';
import type { Figures } from '../../core/acd/figures.js';
import type { QueueFact } from '../../core/acd/queue-fact.js';
import { loadContactCentre } from '../../core/acd/load-contact-centre.js';
import { formatProblem } from '../../core/flow/problem.js';
import { minute } from '../local-time.js';
import { Output } from '../output.js';
import { ensurePrograms, REDIS } from '../system-programs.js';
import { readLoggedFacts } from './logged-facts.js';
import { QueueLab } from './queue-lab.js';
import { duration, percent, table } from './table.js';

export const QUEUE_REPLAY_HELP = `vaxel queue replay <log> [options]
  What if: plays the callers of a logged day through the queue's own scripts in
  virtual time, as it was and with a change, and prints service level, waits and
  abandonment side by side, as \`vaxel queue figures\` names them. <log>: a folder
  with a file a day, or one file.
  --day <date>     such as 2026-11-28 (today)
  --with <file>    a contact-centre.yaml: its skills of agents, needs of queues
                   and longest wait
  --agents <list>  how many there are of an agent, with the same shift: such as
                   anna=2,bo=0
  --seed <n>       the same seed gives the same result (1)
  --json           one object a line`;

const TELL_EVERY_MS = 2_000;
const UNCHANGED: Change = { centre: null, copies: new Map() };

/** @returns 0, or 2 for wrong usage, a faulty file or without a log */
export async function replay(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { day: { type: 'string' }, with: { type: 'string' }, agents: { type: 'string', multiple: true, default: [] }, seed: { type: 'string', default: '1' }, json: { type: 'boolean', default: false } },
  });
  const output = new Output(values.json);
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) return output.problem('name one log: a folder such as var/queue-log, or one file of it');
  if (!/^\d{1,9}$/.test(values.seed)) return output.problem('--seed: a whole number of up to nine digits');
  const change = changeOf(values);
  if (typeof change === 'string') return output.problem(change);
  const logged = await readLoggedFacts(path, values.day ?? null);
  if (typeof logged === 'string') return output.problem(logged);
  const missing = ensurePrograms([REDIS], (line) => console.error(line));
  if (missing !== null) return output.problem(missing);

  const day = readLoggedDay(logged.facts);
  const unknown = [...change.copies.keys()].find((agentId) => !day.agents.some((agent) => agent.agentId === agentId));
  if (unknown !== undefined) return output.problem(`--agents: there is no agent "${unknown}" in the log; there are ${day.agents.map(({ agentId }) => agentId).join(', ')}`);
  const lab = await QueueLab.open();
  try {
    const [before, after] = [planWhatIf(day, UNCHANGED, Number(values.seed)), planWhatIf(day, change, Number(values.seed))];
    const columns: [string, Figures][] = [['logged', await figuresOf(logged.facts, logged.span)], ['replayed', await figuresOf(await lab.play(before.plan, progress('replayed')), logged.span)]];
    if (change.centre !== null || change.copies.size > 0) columns.push(['changed', await figuresOf(await lab.play(after.plan, progress('changed')), logged.span)]);
    print(output, columns, values.json);
    for (const note of new Set([...before.notes, ...after.notes])) output.line({ event: 'note', text: note }, `note: ${note}`);
    return 0;
  } finally {
    await lab.close();
  }
}

/** Says on the error output how far a run is. */
function progress(run: string): (fact: QueueFact, count: number) => void {
  let toldAt = performance.now();
  return ({ at }, count) => {
    if (performance.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = performance.now();
    process.stderr.write(`${run}: played until ${minute(at)}, ${count} facts\n`);
  };
}

function changeOf(values: { readonly with?: string | undefined; readonly agents: readonly string[] }): Change | string {
  const copies = new Map<string, number>();
  for (const entry of values.agents.flatMap((list) => list.split(','))) {
    const [, agentId, count] = /^([a-z][a-z0-9-]{0,39})=(\d{1,3})$/.exec(entry) ?? [];
    if (agentId === undefined) return `--agents ${entry}: write it as anna=2, or anna=0 for nobody`;
    copies.set(agentId, Number(count));
  }
  if (values.with === undefined) return { centre: null, copies };
  const centre = loadContactCentre(readFileSync(values.with, 'utf8'), values.with);
  return centre.ok ? { centre: centre.value, copies } : centre.problems.map(formatProblem).join('\n');
}

/** What happens after the day still belongs to the calls of the day. */
const figuresOf = async (facts: Parameters<typeof foldOf>[0], span: Span): Promise<Figures> => (await foldOf(facts)).figures({ from: span.from - INTERVAL_SLACK_MS, to: span.to }, span.to);
/** A span may begin within an interval. */
const INTERVAL_SLACK_MS = 15 * 60_000;

function print(output: Output, columns: readonly (readonly [string, Figures])[], isJson: boolean): void {
  if (isJson) {
    for (const [run, { queues }] of columns) for (const queue of queues) output.line({ event: 'queue', run, ...queue }, '');
    return;
  }
  const names = [...new Set(columns.flatMap(([, { queues }]) => queues.map(({ queue }) => queue)))];
  const cells = names.flatMap((name) =>
    columns.map(([run, { queues }]) => {
      const one = queues.find(({ queue }) => queue === name);
      return one === undefined ? [name, run, '0', '0', '-', '0', '-', '-', '-'] : [name, run, String(one.offered), String(one.answered), percent(one.serviceLevel.share), String(one.abandoned), percent(one.abandonmentWithoutShort), duration(one.asaMs), duration(one.longestAnsweredWaitMs)];
    }),
  );
  console.log(table([['queue', 'run', 'offered', 'answered', 'in 20 s', 'abandoned', 'after 5 s', 'ASA', 'longest'], ...cells]));
}
