import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface EventSocketAddress {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
}

/** Asks a media server one question through its event socket: `auth`, `api <command>`, `exit`. */
export function askMediaServer(at: EventSocketAddress, command: string): Promise<string> {
  return sendToMediaServer(at, `api ${command}`);
}

/** Sends a media server one command. @returns what it answers */
export async function sendToMediaServer(at: EventSocketAddress, command: string): Promise<string> {
  const socket = connect(at.port, at.host);
  try {
    const read = reader(socket);
    await read();
    socket.write(`auth ${at.secret}\n\n`);
    await read();
    socket.write(`${command}\n\n`);
    return (await read()).trim();
  } finally {
    socket.destroy();
  }
}

/** Hears what gateways tell each other by way of a media server, from now on, in its order. */
export async function hearPeers(at: EventSocketAddress): Promise<{ next(): Promise<unknown>; close(): void }> {
  const socket = connect(at.port, at.host);
  const read = reader(socket);
  await read();
  for (const command of [`auth ${at.secret}`, 'event json CUSTOM vaxel::peers']) {
    socket.write(`${command}\n\n`);
    await read();
  }
  const next = async (): Promise<unknown> => JSON.parse(Buffer.from((JSON.parse(await read()) as { readonly 'Vaxel-Word': string })['Vaxel-Word'], 'base64url').toString());
  return { next, close: () => socket.destroy() };
}

/** Reads one message at a time: its body when it has one, else its headers. */
function reader(socket: Socket): () => Promise<string> {
  let unread = '';
  const chunks = socket[Symbol.asyncIterator]();
  return async () => {
    for (;;) {
      const end = unread.indexOf('\n\n');
      const length = Number(/Content-Length: (\d+)/.exec(unread.slice(0, end))?.[1] ?? 0);
      if (end >= 0 && unread.length >= end + 2 + length) {
        const message = length > 0 ? unread.slice(end + 2, end + 2 + length) : unread.slice(0, end);
        unread = unread.slice(end + 2 + length);
        return message;
      }
      const chunk = await chunks.next();
      if (chunk.done === true) throw new Error('the event socket was closed');
      unread += (chunk.value as Buffer).toString('latin1');
    }
  };
}

/** The version that a SIP server tells an application that signs in. */
export async function versionOfSipServer(at: { readonly host: string; readonly port: number; readonly secret: string }): Promise<string> {
  const socket = connect(at.port, at.host);
  try {
    const payload = `0|authenticate|${at.secret}|`;
    socket.write(`${payload.length}#${payload}`);
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    return /\|(v\d+\.\d+\.\d+)/.exec(chunk.toString())?.[1] ?? 'unknown';
  } finally {
    socket.destroy();
  }
}
