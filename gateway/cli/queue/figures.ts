import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dayFigures, estimatesOfDay, foldOfDay, type EstimateFigures } from '../../app/queue-figures.js';
import type { Figures } from '../../core/acd/figures.js';
import { projectFile } from '../../project.js';
import { minute } from '../local-time.js';
import { Output } from '../output.js';
import { readLoggedFacts } from './logged-facts.js';
import { duration, percent, table } from './table.js';

export const FIGURES_HELP = `vaxel queue figures [options]
  Figures of queues and agents of a day, from the log.
  in 20 s      service level: answered within 20 s, of all offered but those who
               hung up within 5 s
  after 5 s    abandoned, without those who hung up within 5 s, of all offered
               but them
  ASA, AHT     mean wait until the answer; mean talk, hold and wrap-up
  overflowed, cut off, not reached, resting
               sent elsewhere; the connection broke; tries of callbacks in vain;
               callbacks until their next try
  other        chats, e-mails and cases
  estimated    waits that were estimated and came to an end by then, on the day
               and the one before; error and bias of about the last 200, as
               shares of the mean wait; told: whether callers hear them

  --day <date>    such as 2026-11-28 (today)
  --intervals     by quarters of an hour
  --var <folder>  where \`vaxel up\` keeps its data (var)
  --log <path>    a folder with a file a day and gateway, or one file (queue-log
                  in the folder of --var)
  --json          one queue or agent a line`;

/** @returns 0, or 2 for wrong usage or without a log */
export async function figures(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { day: { type: 'string' }, log: { type: 'string' }, var: { type: 'string', default: projectFile('var') }, intervals: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  });
  const output = new Output(values.json);
  const logged = await readLoggedFacts(values.log ?? join(values.var, 'queue-log'), values.day ?? null, { hasAround: true });
  if (typeof logged === 'string') return output.problem(logged);
  const day = dayFigures(await foldOfDay(logged.facts, logged.span), logged.span, Math.min(Date.now(), logged.span.to));
  for (const span of values.intervals ? day.intervals : [day.figures]) print(output, span, values.json);
  if (!values.intervals) printEstimates(output, await estimatesOfDay(logged.facts, logged.span), values.json);
  return 0;
}

function print(output: Output, { from, to, blockedCallers, queues, agents }: Figures, isJson: boolean): void {
  if (isJson) {
    for (const queue of queues) output.line({ event: 'queue', from, to, ...queue }, '');
    for (const agent of agents) output.line({ event: 'agent', from, to, ...agent }, '');
    if (blockedCallers.byNumber + blockedCallers.withheld > 0) output.line({ event: 'blockedCallers', from, to, ...blockedCallers }, '');
    return;
  }
  const rows = queues.map((one) => [one.queue, one.channel, String(one.offered), String(one.answered), percent(one.serviceLevel.share), String(one.abandoned), percent(one.abandonmentWithoutShort), duration(one.asaMs), duration(one.ahtMs)]);
  const people = agents.map((one) => [one.agentId, String(one.offered), String(one.answered), String(one.missed), duration(one.talkingMs), duration(one.wrapUpMs), duration(one.otherWorkMs), duration(one.availableMs), percent(one.occupancy)]);
  console.log(`${minute(from)} - ${minute(to)}`);
  console.log(table([['queue', 'channel', 'offered', 'answered', 'in 20 s', 'abandoned', 'after 5 s', 'ASA', 'AHT'], ...rows]));
  const others = queues.filter(({ overflowed, cutOff, notReached, waiting, resting }) => overflowed + cutOff + notReached + waiting + resting > 0);
  const otherRows = others.map(({ queue, channel, ...one }) => [queue, channel, ...[one.overflowed, one.cutOff, one.notReached, one.waiting, one.resting].map(String)]);
  if (others.length > 0) console.log(`\n${table([['queue', 'channel', 'overflowed', 'cut off', 'not reached', 'waiting', 'resting'], ...otherRows])}`);
  console.log(`\n${table([['agent', 'offered', 'answered', 'missed', 'talk', 'wrap-up', 'other', 'available', 'occupancy'], ...people])}\n`);
  if (blockedCallers.byNumber + blockedCallers.withheld > 0) console.log(`Blocked callers: ${blockedCallers.byNumber} by number, ${blockedCallers.withheld} with a number withheld\n`);
}

function printEstimates(output: Output, estimates: readonly EstimateFigures[], isJson: boolean): void {
  if (isJson) for (const one of estimates) output.line({ event: 'estimates', ...one }, '');
  else if (estimates.length > 0) console.log(`${table([['queue', 'estimated', 'error', 'bias', 'told'], ...estimates.map((one) => [one.queue, String(one.pairs), percent(one.relRmse), percent(one.bias), one.isTrustworthy ? 'yes' : 'no'])])}\n`);
}
