import { z } from 'zod';
import { needsText } from '../../core/acd/skills.js';
import { isCallbackId } from '../../core/call/callback.js';
import { duration, table } from './table.js';

/** As `GET /v1/queue` answers. */
export const rosterSchema = z.object({
  nodes: z.array(z.object({ node: z.string(), calls: z.number(), isDrained: z.boolean() })).default([]),
  agents: z.array(z.object({ agentId: z.string(), channel: z.string(), node: z.string(), state: z.looseObject({ phase: z.string(), reason: z.string().optional(), since: z.number().optional(), callId: z.string().optional() }) })),
  calls: z.array(z.object({ callId: z.string(), channel: z.string(), queue: z.string(), node: z.string(), queuedAt: z.number(), band: z.number(), needs: z.array(z.object({ skill: z.string(), minLevel: z.number() })), waitsFor: z.string().nullable(), offeredTo: z.string().nullable() })),
  callbacks: z.array(z.object({ callId: z.string(), number: z.string(), queue: z.string(), node: z.string(), queuedAt: z.number(), nextTryAt: z.number().nullable(), tries: z.number() })).default([]),
});
export type Roster = z.infer<typeof rosterSchema>;

/** agent9 stands before agent10. */
const byName = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

/** Who is there and who waits, for a terminal. */
export function rosterText({ nodes, agents, calls, callbacks }: Roster, now: number): string {
  // One gateway is named once.
  const nodeHead = nodes.length === 1 ? [] : ['node'];
  const where = ({ node }: { readonly node: string }): readonly string[] => (nodeHead.length === 0 ? [] : [node]);
  const since = (at: number | undefined) => (at === undefined ? '' : duration(Math.max(0, now - at)));
  const state = (one: Roster['agents'][number]) => (one.state.reason === undefined ? one.state.phase : `${one.state.phase} (${one.state.reason})`);
  const agentRows = [...agents].sort((a, b) => byName(a.agentId, b.agentId) || byName(a.channel, b.channel)).map((one) => [one.agentId, one.channel, state(one), since(one.state.since), one.state.callId ?? '', ...where(one)]);
  const callRows = [...calls].sort((a, b) => a.band - b.band || a.queuedAt - b.queuedAt).map((one) => [one.callId, isCallbackId(one.callId) ? 'callback' : one.channel, one.queue, since(one.queuedAt), String(one.band), one.waitsFor === null ? needsText(one.needs) : `waits for ${one.waitsFor}`, one.offeredTo ?? '', ...where(one)]);
  const restingRows = callbacks.map((one) => [one.callId, one.number, one.queue, since(one.queuedAt), one.nextTryAt === null ? 'in its hours' : `in ${duration(Math.max(0, one.nextTryAt - now))}`, String(one.tries), ...where(one)]);
  const part = (title: string, head: readonly string[], rows: readonly (readonly string[])[], none: string) => (rows.length === 0 ? none : `${title}\n${table([head, ...rows])}`);
  return [
    ...(nodes.length === 0 ? [] : [`Gateways (${nodes.length})\n${table([['gateway', 'calls', 'state'], ...nodes.map(({ node, calls, isDrained }) => [node, String(calls), isDrained ? 'drained: takes no callers' : 'takes callers'])])}`]),
    part(`Agents (${new Set(agents.map(({ agentId }) => agentId)).size})`, ['agent', 'channel', 'state', 'since', 'call', ...nodeHead], agentRows, 'Nobody is signed in.'),
    part(`Calls (${calls.length})`, ['call', 'channel', 'queue', 'waits', 'band', 'needs', 'offered to', ...nodeHead], callRows, 'Nobody waits.'),
    ...(callbacks.length === 0 ? [] : [part(`Callbacks that rest (${callbacks.length})`, ['call', 'number', 'queue', 'waits', 'next try', 'tries', ...nodeHead], restingRows, '')]),
  ].join('\n\n');
}
