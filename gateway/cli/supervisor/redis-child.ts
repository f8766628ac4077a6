import { spawn } from 'node:child_process';
import { createConnection } from 'node:net';

/**
 * Runs redis-server on a unix socket for as long as the supervisor lives: redis itself does not notice when its parent dies.
 * Environment: REDIS_SOCKET, REDIS_DIR. Prints one JSON ready line when it takes commands.
 */
const socketPath = process.env['REDIS_SOCKET'] ?? '';
const folder = process.env['REDIS_DIR'] ?? '.';

const server = spawn(
  'redis-server',
  ['--port', '0', '--unixsocket', socketPath, '--unixsocketperm', '700', '--dir', folder, '--appendonly', 'yes', '--appendfsync', 'everysec', '--save', '', '--daemonize', 'no'],
  { stdio: ['ignore', 'inherit', 'inherit'] },
);

function stop(): void {
  server.kill('SIGTERM');
}
process.stdin.resume();
process.stdin.on('end', stop);
process.stdin.on('error', stop);
process.on('SIGTERM', stop);
server.on('error', (error) => {
  console.error(`redis-server: ${error.message}`);
  process.exit(1);
});
server.on('exit', (code) => process.exit(code ?? 1));

function announceWhenReady(): void {
  const probe = createConnection(socketPath);
  probe.once('error', () => setTimeout(announceWhenReady, 20));
  probe.once('connect', () => probe.write('PING\r\n'));
  probe.once('data', (answer) => {
    probe.destroy();
    // While its file is being loaded it answers -LOADING.
    if (answer.toString().startsWith('+PONG')) console.log(JSON.stringify({ event: 'ready', socket: socketPath }));
    else setTimeout(announceWhenReady, 20);
  });
}
announceWhenReady();
