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

/** Reads one message at a time: its body when it has one, else its headers. */
function reader(socket: Socket): () => Promise<string> {
  let unread = '';
  return async () => {
    for (;;) {
      const end = unread.indexOf('\n\n');
      const length = Number(/Content-Length: (\d+)/.exec(unread.slice(0, end))?.[1] ?? 0);
      if (end >= 0 && unread.length >= end + 2 + length) {
        const message = length > 0 ? unread.slice(end + 2, end + 2 + length) : unread.slice(0, end);
        unread = unread.slice(end + 2 + length);
        return message;
      }
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      unread += chunk.toString('latin1');
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
