import { readFile, stat } from 'node:fs/promises';
import { readDayFiles } from '../../adapters/queue-log/day-files.js';
import { aroundDay, dayOf } from '../../app/queue-figures.js';
import type { Span } from '../../core/acd/figure-fold.js';
import { readFact, type QueueFact } from '../../core/acd/queue-fact.js';

export interface LoggedFacts {
  readonly facts: readonly QueueFact[];
  /** The day asked for, around which there may be facts too; of a single file, from its first fact to its last. */
  readonly span: Span;
}

/** The facts of a folder's day (null = today; `hasAround`: with those that bear on its figures) or of one file, by time and each once; or what is wrong, as a sentence. */
export async function readLoggedFacts(path: string, day: string | null, { hasAround = false } = {}): Promise<LoggedFacts | string> {
  const found = await stat(path).catch(() => null);
  if (found === null) return `${path} is not there: the log begins with the first agent who signs in or caller who queues; another place is named by QUEUE_LOG_DIR of the gateway`;
  const at = day === null ? new Date() : localDate(day);
  if (at === null) return `--day ${day ?? ''}: a date such as 2026-11-28`;
  const read = found.isDirectory() ? await ofFolder(path, dayOf(at.getTime()), hasAround) : await ofFile(path);
  return !read.facts.some((fact) => fact.at >= read.span.from && fact.at < read.span.to) ? `${path}: there are no facts${found.isDirectory() ? ` of ${day ?? 'today'}` : ''}` : read;
}

async function ofFolder(folder: string, span: Span, hasAround: boolean): Promise<LoggedFacts> {
  const [from, to] = hasAround ? aroundDay(span) : [span.from, span.to];
  return { facts: await readDayFiles(folder, from, to), span };
}

async function ofFile(path: string): Promise<LoggedFacts> {
  const facts = new Map<string, QueueFact>();
  for (const line of (await readFile(path, 'utf8')).split('\n')) {
    const fact = readFact(line);
    if (fact !== null) facts.set(fact.id, facts.get(fact.id) ?? fact);
  }
  const sorted = [...facts.values()].sort((a, b) => a.at - b.at);
  return { facts: sorted, span: { from: sorted[0]?.at ?? 0, to: (sorted.at(-1)?.at ?? 0) + 1 } };
}

/** Midnight of that date here; null when there is no such date. */
function localDate(text: string): Date | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  const date = new Date(Number(year), Number(month) - 1, Number(day));
  return date.getMonth() + 1 === Number(month) && date.getDate() === Number(day) ? date : null;
}
