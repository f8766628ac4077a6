import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { inspectContent, type Content } from '../../content.js';
import type { Distance } from '../../core/authoring/prove/distances.js';
import { RULES, type Violation, type Warning } from '../../core/authoring/prove/finding.js';
import { asTest } from '../../core/authoring/prove/as-test.js';
import { prove as proveFlow, type Proof } from '../../core/authoring/prove/prove.js';
import { tellMoves, tellStart } from '../../core/authoring/prove/tell.js';
import type { Flow } from '../../core/flow/flow-schema.js';
import { formatProblem } from '../../core/flow/problem.js';
import { Output } from '../output.js';
import { contentFolder, defaultFolder, type ContentFolder } from './content-folder.js';
import { declaredOperations } from './test-files.js';

export const PROVE_HELP = `vaxel flow prove [flow …] [options]
  Plays every way through the flows on the live interpreter: nobody is lost,
  left in silence or led round, a person can be reached, nothing is said that is
  not known. What does not hold is told with the shortest call that shows it.
  --places <number>  gives up beyond so many (200000)
  --flows <folder>   (FLOWS_DIR, or ivr-flows)
  --json             one object a line`;

const OPTIONS = { flows: { type: 'string' }, places: { type: 'string', default: '200000' }, json: { type: 'boolean', default: false } } as const;

interface Telling {
  readonly flow: Flow;
  readonly folder: ContentFolder;
  readonly output: Output;
}

/** @returns 0 when all is proved, 1 when something does not hold or could not be looked at, 2 for wrong usage */
export async function prove(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  const output = new Output(values.json);
  const mostSpots = Number(values.places);
  if (!(Number.isInteger(mostSpots) && mostSpots > 0)) return output.problem('--places: a whole number above 0');
  const folder = values.flows === undefined ? defaultFolder() : contentFolder(values.flows);
  if (folder === null) return output.problem(`--flows: ${values.flows ?? ''} is no folder of flows`);
  const { problems, content } = inspectContent(folder.path, process.env);
  for (const problem of problems) {
    const named = { ...problem, file: folder.nameOf(problem.file) };
    output.line({ event: 'problem', ...named }, formatProblem(named));
  }
  if (content === null) return 1;
  const whole = wholeFlows(content);
  const wanted = wantedFlows(content, whole, positionals.map((one) => basename(one).replace(/\.yaml$/, '')));
  if (typeof wanted === 'string') return output.problem(wanted);
  const operations = declaredOperations(content.connectors);
  const closing = new Set([...content.centre.queues].flatMap(([id, { overflow }]) => (overflow.closed === undefined ? [] : [id])));
  const today = new Date().toISOString().slice(0, 10);
  const proofs = wanted.map((flow) => {
    const begun = performance.now();
    const proof = proveFlow(flow, { operations, today, closing, mostSpots });
    return { flow, proof, ms: performance.now() - begun };
  });
  const warnings = warningsOnce(proofs, whole);
  for (const { flow, proof, ms } of proofs) report({ ...proof, warnings: warnings.get(flow) ?? [] }, { flow, folder, output }, ms);
  return proofs.every(({ proof }) => proof.verdict === 'proved') ? 0 : 1;
}

/** Flows that callers reach by themselves: a part alone lacks the values that are given to it. */
function wholeFlows({ flows, centre }: Content): readonly Flow[] {
  const all = [...flows.values()];
  const called = new Set([...centre.numbers.values()].map(({ flowId }) => flowId));
  return all.filter(({ id }) => called.has(id) || !all.some(({ subflows }) => subflows.has(id)));
}

/** A part is proved with the flows that it is a part of. */
function wantedFlows({ flows }: Content, whole: readonly Flow[], names: readonly string[]): readonly Flow[] | string {
  const unknown = names.find((name) => !flows.has(name));
  if (unknown !== undefined) return `there is no flow "${unknown}"; there are ${[...flows.keys()].join(', ')}`;
  const parts = names.filter((name) => !whole.some(({ id }) => id === name));
  return whole.filter(({ id, subflows }) => names.length === 0 || names.includes(id) || parts.some((part) => subflows.has(part)));
}

/**
 * Each warning with the last flow that it shows in. That no caller comes to a place of a part is told only when that is so in every flow
 * that has the part.
 */
function warningsOnce(proofs: readonly { readonly flow: Flow; readonly proof: Proof }[], whole: readonly Flow[]): ReadonlyMap<Flow, readonly Warning[]> {
  const nameOf = ({ flow, node, what }: Warning): string => `${flow} ${node ?? ''} ${what}`;
  const shownIn = new Map<string, Flow[]>();
  for (const { flow, proof } of proofs) for (const warning of proof.warnings) shownIn.set(nameOf(warning), [...(shownIn.get(nameOf(warning)) ?? []), flow]);
  const isTold = (warning: Warning, at: Flow): boolean => {
    const shown = shownIn.get(nameOf(warning)) ?? [];
    return shown.at(-1) === at && (!warning.isOfAbsence || whole.every((one) => shown.includes(one) || (one.id !== warning.flow && !one.subflows.has(warning.flow))));
  };
  return new Map(proofs.map(({ flow, proof }) => [flow, proof.warnings.filter((warning) => isTold(warning, flow))]));
}

function report(proof: Proof, telling: Telling, ms: number): void {
  const { flow, folder, output } = telling;
  for (const violation of proof.violations) reportViolation(violation, telling);
  for (const warning of proof.warnings) {
    const file = fileOf(warning.flow, folder);
    output.line({ event: 'warning', ...warning, file }, `${placed(file, warning.node)}: warning: ${warning.what}. Fix: ${warning.fix}`);
  }
  for (const gap of proof.gaps) output.line({ event: 'gap', flow: flow.id, what: gap }, `${fileOf(flow.id, folder)}: not looked at: ${gap}`);
  const { verdict, spots, moves, nodes, ways, distances } = proof;
  const looked = `${nodes} nodes and ${ways} ways, ${spots} places and ${moves} moves in ${(ms / 1_000).toFixed(1)} s`;
  const text = verdict === 'proved' ? `${flow.id}: proved. ${looked}` : verdict === 'broken' ? `${flow.id}: ${proof.violations.length} ${proof.violations.length === 1 ? 'fault' : 'faults'}. ${looked}` : `${flow.id}: not proved. ${looked}`;
  const { answers, person } = distances;
  output.line(
    { event: 'proof', flow: flow.id, verdict, nodes, ways, places: spots, moves, ms: Math.round(ms), answers: answers.map(({ witness: _, ...distance }) => distance), person },
    [text, ...tellReach('an answer', answers[0], answers.at(-1), flow.id), ...tellReach('a person', person?.shortest, person?.longest, flow.id)].join('\n'),
  );
}

function reportViolation(violation: Violation, { flow, folder, output }: Telling): void {
  const { rule, node, what, fix, witness, round } = violation;
  const file = fileOf(violation.flow, folder);
  const test = witness === null ? null : asTest(flow, witness);
  const lines = [`${placed(file, node)}: ${what}. Fix: ${fix}`];
  if (witness !== null && test !== null) {
    const way = [tellStart(witness.start), ...tellMoves(witness.moves), ...(round === undefined ? [] : [`and then again and again: ${tellMoves(round).join(', ')}`])];
    lines.push(`    how: ${way.join('\n         ')}`, `    as a test: ${JSON.stringify(test)}`);
  }
  output.line({ event: 'violation', rule, promise: RULES[rule], flow: violation.flow, file, node, what, fix, witness, ...(round === undefined ? {} : { round }), test }, lines.join('\n'));
}

/** `  an answer: 2 steps and 17 s to paid, at most 3 steps and 29 s (read-back)`. */
function tellReach(to: string, shortest: Distance | undefined, longest: Distance | undefined, root: string): readonly string[] {
  if (shortest === undefined || longest === undefined) return [];
  const told = ({ steps, seconds, node }: Distance): string => `${steps} ${steps === 1 ? 'step' : 'steps'} and ${Math.round(seconds)} s (${node.startsWith(`${root}.`) ? node.slice(root.length + 1) : node})`;
  return [`  to ${to}: ${shortest === longest || told(shortest) === told(longest) ? told(shortest) : `from ${told(shortest)} to ${told(longest)}`}`];
}

const fileOf = (flow: string, folder: ContentFolder): string => folder.nameOf(`flows/${flow}.yaml`);
const placed = (file: string, node: string | null): string => `${file}${node === null ? '' : ` node "${node}"`}`;
