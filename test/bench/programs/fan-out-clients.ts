import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { SUB_PROTOCOL } from '../../../gateway/core/screen/messages.js';
import { monotonicMs } from '../rig/monotonic.js';
import { serve } from './stay.js';

/** The far ends of a fan-out: agents' screens that sign in and acknowledge, and bare sockets that only listen. They note when what arrived. */
const AT_ONCE = 50;
let arrivals: [string, number][] = [];

interface Order {
  readonly type: 'screens' | 'sockets' | 'collect';
  readonly count: number;
  readonly port: number;
}

async function screen(port: number, at: number): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/screen`, SUB_PROTOCOL);
  await once(socket, 'open');
  const welcomed = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const now = monotonicMs();
      const message = JSON.parse(data.toString()) as { type: string; seq?: number; event?: { type: string; context?: { callId: string } } };
      if (message.type === 'welcome') resolve();
      if (message.type !== 'event') return;
      if (message.event?.type === 'offer') arrivals.push([message.event.context?.callId ?? '', now]);
      socket.send(JSON.stringify({ type: 'ack', seq: message.seq }));
    });
  });
  socket.send(JSON.stringify({ type: 'signIn', id: 's', token: `agent-${at}` }));
  await welcomed;
}

async function plain(port: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  createInterface({ input: socket }).on('line', (line) => {
    const now = monotonicMs();
    arrivals.push([(JSON.parse(line) as { id: string }).id, now]);
  });
}

async function carryOut(order: Order): Promise<object> {
  if (order.type === 'collect') {
    const taken = arrivals;
    arrivals = [];
    return { arrivals: taken };
  }
  for (let at = 0; at < order.count; at += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, order.count - at) }, (_, more) => at + more);
    await Promise.all(some.map((one) => (order.type === 'screens' ? screen(order.port, one) : plain(order.port))));
  }
  return {};
}

process.on('message', (order: Order) => {
  carryOut(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
serve({});
