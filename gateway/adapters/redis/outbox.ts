import type { QueueEvent } from '../../core/acd/queue-types.js';
import type { NodeId } from '../../core/ids.js';
import type { Log } from '../../ports/log.js';
import { moment, whenReady, within, type Connection } from './connection.js';
import { KEY_NAMES, READ_POSITION } from './keys.js';
import { readEvents } from './replies.js';

const BLOCK_MS = 5_000;
const BATCH = 100;
/** An outbox that nobody reads any more goes by itself after a day. */
const UNREAD_TTL_MS = 24 * 3_600_000;
const ATTEMPTS = 3;
const NO_ANSWER = 'no answer from Redis';

export interface OutboxOptions {
  /** A connection of its own: it blocks. */
  readonly redis: Connection;
  readonly prefix: string;
  readonly node: NodeId;
  readonly log: Log;
}

/**
 * Hands over a node's outbox entries in order, each at least once, until `signal` aborts. The position is kept in Redis next to the
 * stream: after a reconnect, a new process or a store that went back, both agree. A stop in between still writes the position.
 */
export async function readOutbox(options: OutboxOptions, onEvent: (event: QueueEvent) => Promise<void>, signal: AbortSignal): Promise<void> {
  const { redis, log } = options;
  const reader = { isBlocked: true };
  const stop = () => {
    if (reader.isBlocked) redis.disconnect();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    while (!signal.aborted) {
      reader.isBlocked = true;
      if (!(await whenReady(redis, 1_000))) {
        await moment(signal);
        continue;
      }
      try {
        await drain(options, { onEvent, signal, reader });
      } catch (error) {
        if (signal.aborted) return;
        log.warn({ error: error instanceof Error ? error.message : String(error) }, 'outbox interrupted');
        // A connection that gave no answer in time may be dead: start anew.
        redis.disconnect(true);
        await moment(signal);
      }
    }
  } finally {
    signal.removeEventListener('abort', stop);
    redis.disconnect();
  }
}

interface Reading {
  readonly onEvent: (event: QueueEvent) => Promise<void>;
  readonly signal: AbortSignal;
  /** Whether the connection may be cut without leaving work undone. */
  readonly reader: { isBlocked: boolean };
}

async function drain(options: OutboxOptions, { onEvent, signal, reader }: Reading): Promise<void> {
  const { redis, prefix, node } = options;
  const stream = prefix + KEY_NAMES.OUT + node;
  const positionKey = prefix + READ_POSITION + node;
  // Written before anything is read: nobody sends to a node without a position.
  await within(redis.set(positionKey, '0-0', 'PX', UNREAD_TTL_MS, 'NX'), BLOCK_MS, NO_ANSWER);
  let position = (await within(redis.get(positionKey), BLOCK_MS, NO_ANSWER)) ?? '0-0';
  for (;;) {
    // Trimmed up to the position: what was handed over does not stay. The position is written first, so a crash in between loses nothing.
    const step = redis.pipeline().set(positionKey, position, 'PX', UNREAD_TTL_MS).xtrim(stream, 'MINID', '~', position).pexpire(stream, UNREAD_TTL_MS);
    // In one write with the next read: an event that comes meanwhile waits for no answer to these.
    const isReading = !signal.aborted;
    if (isReading) step.xread('COUNT', BATCH, 'BLOCK', BLOCK_MS, 'STREAMS', stream, position);
    reader.isBlocked = isReading;
    const replies = (await within(step.exec(), 2 * BLOCK_MS, NO_ANSWER)) ?? [];
    reader.isBlocked = false;
    for (const [error] of replies) if (error !== null) throw error;
    if (!isReading) return;
    for (const [id, fields] of entriesOf(replies.at(-1)?.[1])) {
      if (signal.aborted) break;
      for (const event of readEvents(fields[1] ?? '', node)) await handOver(options, onEvent, event);
      position = id;
    }
  }
}

type Entry = readonly [id: string, fields: readonly string[]];

/** Of an answer to XREAD of one stream; there is none when nothing came in time. */
function entriesOf(reply: unknown): readonly Entry[] {
  return (reply as readonly (readonly [stream: string, entries: readonly Entry[]])[] | null)?.[0]?.[1] ?? [];
}

/** A handler that fails gets the event again a few times; then it is reported and passed over, so one bad event stops nothing. */
async function handOver(options: OutboxOptions, onEvent: (event: QueueEvent) => Promise<void>, event: QueueEvent): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      return await onEvent(event);
    } catch (error) {
      const detail = { event: event.type, attempt, error: error instanceof Error ? error.message : String(error) };
      if (attempt < ATTEMPTS) options.log.warn(detail, 'queue event failed, handing it over again');
      else options.log.error(detail, 'queue event dropped');
    }
  }
}
