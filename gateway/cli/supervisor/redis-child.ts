import { spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';

/**
 * Runs redis-server on a unix socket for as long as the supervisor lives, and not longer than this process: redis itself notices
 * neither's death. Environment: REDIS_SOCKET, REDIS_DIR. Prints one JSON ready line when it takes commands.
 */
const socketPath = process.env['REDIS_SOCKET'] ?? '';
const folder = process.env['REDIS_DIR'] ?? '.';

/**
 * A watcher beside the server reads this process's pipe to its end, which also comes when this process is killed with -9, and then
 * ends its process group: the server and itself, nobody else. It is all shell, as nothing else need be on PATH.
 */
const WATCHED = 'exec 3<&0; { while read -r _; do :; done <&3; kill -TERM 0; } & exec "$@" 3<&- </dev/null';
const ASK_EVERY_MS = 20;

await oldServerGone();
const server = spawn(
  '/bin/sh',
  ['-c', WATCHED, 'sh', 'redis-server', '--port', '0', '--unixsocket', socketPath, '--unixsocketperm', '700', '--dir', folder, '--appendonly', 'yes', '--appendfsync', 'everysec', '--save', '', '--daemonize', 'no'],
  { stdio: ['pipe', 'pipe', 'inherit'], detached: true },
);
server.stdout.pipe(process.stdout);
// EPIPE: the watcher ended first.
server.stdin.on('error', () => undefined);

const stop = (): unknown => server.stdin.end();
process.stdin.resume();
process.stdin.on('end', stop);
process.stdin.on('error', stop);
process.on('SIGTERM', stop);
server.on('error', (error) => {
  console.error(`redis-server: ${error.message}`);
  process.exit(1);
});
server.on('exit', stop);
// Not before the watcher has gone too: it holds the same output.
server.on('close', (code) => process.exit(code ?? 1));
announceWhenReady();

function announceWhenReady(): void {
  const probe = connect(socketPath);
  probe.once('error', () => setTimeout(announceWhenReady, ASK_EVERY_MS));
  probe.once('connect', () => probe.write('PING\r\n'));
  probe.once('data', (answer) => {
    probe.destroy();
    // While its file is being loaded it answers -LOADING.
    if (answer.toString().startsWith('+PONG')) console.log(JSON.stringify({ event: 'ready', socket: socketPath }));
    else setTimeout(announceWhenReady, ASK_EVERY_MS);
  });
}

/** The server of a process that was killed just now may still be writing: two must never share a folder, and its end removes the socket. */
async function oldServerGone(): Promise<void> {
  for (let old = await reach(); old !== null; old = await reach()) {
    old.resume().end('SHUTDOWN\r\n');
    await new Promise((resolve) => old.once('close', resolve));
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}

function reach(): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.on('error', () => undefined);
      resolve(socket);
    });
    socket.once('error', () => resolve(null));
  });
}
