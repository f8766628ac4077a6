import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { hold } from './activity.js';
import type { Activity } from './activity.js';
import type { Channel } from './channel.js';
import { EslLink } from './esl-link.js';
import { splitWords } from './inline-dialplan.js';
import { park } from './park.js';

const CONNECT_TIMEOUT_MS = 5000;

/**
 * The socket application, `host:port async full`: connects to the application and keeps the channel parked as long as that socket lives.
 * If nobody listens it ends at once and the dial plan goes on with what stands behind it.
 */
export async function socketApplication(channel: Channel, arg: string): Promise<void> {
  const [address = '', ...modes] = splitWords(arg);
  const target = /^(\[[0-9a-f:]+\]|[^:]+):(\d{1,5})$/i.exec(address);
  const { log } = channel.owner;
  if (target === null) return log.warn({ uuid: channel.uuid, address }, 'socket without address');
  if (!modes.includes('async') || !modes.includes('full')) log.error({ uuid: channel.uuid, modes }, 'socket is only supported as async full by the softswitch');
  const host = (target[1] ?? '').replace(/^\[|\]$/g, '');
  channel.vars.set('socket_host', host);
  const socket = await connect(channel, host, Number(target[2]));
  if (socket === undefined) return;
  const link = EslLink.outbound({ owner: channel.owner, socket, channel });
  channel.links.add(link);
  await park(channel);
}

async function connect(channel: Channel, host: string, port: number): Promise<Socket | undefined> {
  const activity: Activity = { ending: undefined, isBreakable: false, isLocked: true };
  const socket = createConnection({ host, port, noDelay: true });
  const cancel = channel.owner.settings.clock.setTimer(CONNECT_TIMEOUT_MS, () => channel.finish(activity, 'break'));
  socket.once('connect', () => channel.finish(activity, 'done'));
  socket.once('error', () => channel.finish(activity, 'break'));
  const ending = await hold(channel, activity);
  cancel();
  socket.removeAllListeners();
  if (ending === 'done') return socket;
  socket.on('error', () => undefined); // it is being thrown away; what became of it was reported by `ending`
  socket.destroy();
  channel.owner.log.warn({ uuid: channel.uuid, host, port }, 'application cannot be reached');
  return undefined;
}
