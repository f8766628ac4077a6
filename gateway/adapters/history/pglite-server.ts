import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

/**
 * The embedded history database as a program of its own: PostgreSQL in WebAssembly (PGlite) behind a socket, for one machine and
 * without a password. The gateway talks to it by the `pg` client exactly as to a real server.
 *
 *   DATA_DIR      where the data is (default var/history)
 *   SOCKET_DIR    listen on a unix socket in this folder (should be private), or
 *   HOST, PORT    listen on TCP (default 127.0.0.1 and 0 = any free port)
 *   TEMPLATE_DIR  an initialised empty database: copied when DATA_DIR is new, written when it is not there yet. Saves about
 *                 three seconds and 500 MB of memory at a first start.
 *
 * Prints one line `{"event":"ready","url":…,"startMs":…}`. Ends on SIGTERM or SIGINT, and with VAXEL_PARENT=1 when its standard
 * input closes.
 */
interface Settings {
  readonly dataDir: string;
  readonly templateDir: string | null;
  readonly listen: { readonly path: string } | { readonly host: string; readonly port: number };
}

/** Clients at once. Their statements are queued: the database runs one at a time. */
const MAX_CONNECTIONS = 32;
/** Name of the socket file that PostgreSQL clients look for in a folder. */
const SOCKET_FILE = '.s.PGSQL.5432';

function readSettings(env: NodeJS.ProcessEnv): Settings {
  const socketDir = env['SOCKET_DIR'];
  return {
    dataDir: env['DATA_DIR'] ?? 'var/history',
    templateDir: env['TEMPLATE_DIR'] ?? null,
    listen: socketDir === undefined ? { host: env['HOST'] ?? '127.0.0.1', port: Number(env['PORT'] ?? 0) } : { path: join(socketDir, SOCKET_FILE) },
  };
}

const isInitialised = (folder: string): boolean => existsSync(join(folder, 'PG_VERSION'));

async function openDatabase({ dataDir, templateDir }: Settings): Promise<PGlite> {
  await mkdir(dirname(dataDir), { recursive: true });
  if (!isInitialised(dataDir) && templateDir !== null) await fromTemplate(dataDir, templateDir);
  return PGlite.create({ dataDir });
}

async function fromTemplate(dataDir: string, templateDir: string): Promise<void> {
  if (!isInitialised(templateDir)) {
    // Made beside and renamed, so that two starts at once never see half of it; whoever is second throws its own away.
    const made = `${templateDir}.${process.pid}`;
    await mkdir(dirname(made), { recursive: true });
    const fresh = await PGlite.create({ dataDir: made });
    await fresh.close();
    await rename(made, templateDir).catch(() => rm(made, { recursive: true, force: true }));
  }
  await cp(templateDir, dataDir, { recursive: true });
}

function urlOf(server: PGLiteSocketServer, settings: Settings): string {
  if ('path' in settings.listen) return `postgresql://postgres@/postgres?host=${encodeURIComponent(dirname(settings.listen.path))}`;
  return `postgresql://postgres@${server.getServerConn()}/postgres`;
}

async function main(): Promise<void> {
  const begunAt = Date.now();
  const settings = readSettings(process.env);
  let isServing = false;
  // Making a new database takes seconds: a parent that dies meanwhile must not leave this process behind.
  if (process.env['VAXEL_PARENT'] === '1') process.stdin.once('end', () => (isServing ? undefined : process.exit(0))).resume();
  const db = await openDatabase(settings);
  if ('path' in settings.listen) await rm(settings.listen.path, { force: true });
  const server = new PGLiteSocketServer({ db, ...settings.listen, maxConnections: MAX_CONNECTIONS });
  await server.start();
  isServing = true;

  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    const end = async (): Promise<void> => {
      await server.stop();
      await db.close();
    };
    end().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`history database did not close cleanly: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (process.env['VAXEL_PARENT'] === '1') {
    // A parent that dies without a word closes the pipe: nothing stays behind.
    process.stdin.on('end', stop);
    process.stdin.on('error', stop);
    process.stdin.resume();
  }
  process.stdout.write(`${JSON.stringify({ event: 'ready', url: urlOf(server, settings), startMs: Date.now() - begunAt })}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`history database could not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
