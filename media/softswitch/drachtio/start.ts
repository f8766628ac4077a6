import { type Clock, NamedTimers, systemClock } from '../../sip/clock.js';
import { SipStack, type TimerSettings } from '../../sip/stack.js';
import type { ServerTransaction } from '../../sip/transaction.js';
import { SipTransport } from '../../sip/transport.js';
import type { Log } from '../log.js';
import { AdminServer } from './admin-server.js';
import { sendInDialog } from './app-dialog-requests.js';
import { cancel, sendNew } from './app-requests.js';
import { respond } from './app-responses.js';
import { type Application, Applications } from './applications.js';
import { trimReceived } from './arrivals.js';
import { Cdrs } from './cdrs.js';
import { Dialogs } from './dialog.js';
import { receiveAck, receiveInDialog } from './dialog-requests.js';
import { receiveNew } from './new-requests.js';
import { receiveStray } from './own-requests.js';
import { RegisteredConnections } from './registered-connections.js';
import { admit, isViaTrue, judge } from './screening.js';
import { abandon, type Switchboard, trying } from './switchboard.js';
import type { AppMessage } from './wire.js';

export interface DrachtioOptions {
  readonly host: string;
  /** SIP over UDP and TCP; 0 picks a free port. */
  readonly sipPort: number;
  readonly adminHost: string;
  /** Port for applications; 0 picks a free one. */
  readonly adminPort: number;
  readonly secret: string;
  readonly clock?: Clock;
  readonly log: Log;
  /** Transaction timers in milliseconds, for tests. */
  readonly timers?: Partial<TimerSettings>;
}

export interface Drachtio {
  readonly sip: { readonly host: string; readonly port: number };
  readonly admin: { readonly host: string; readonly port: number };
  /** What is alive, for leak tests. */
  counts(): { dialogs: number; transactions: number; timers: number; clients: number };
  close(): Promise<void>;
}

/** drachtio-server 0.9.4 as far as the gateway uses it. Rejects when a port is taken. */
export async function startDrachtio(opts: DrachtioOptions): Promise<Drachtio> {
  const transport = await SipTransport.open({ host: opts.host, port: opts.sipPort });
  const board = assemble(opts, transport);
  const list = `tcp/${board.hostPort},udp/${board.hostPort}`;
  try {
    const admin = await AdminServer.open({
      host: opts.adminHost, port: opts.adminPort, secret: opts.secret, apps: board.apps, log: opts.log, hostports: list,
      onMessage: (app, message) => guard(board, () => serve(board, app, message)),
    });
    return handle(board, admin, opts);
  } catch (error) {
    await board.stack.close();
    throw error;
  }
}

function assemble(opts: DrachtioOptions, transport: SipTransport): Switchboard {
  const clock = opts.clock ?? systemClock;
  const timers = { t1Ms: 500, t2Ms: 4000, t4Ms: 5000, clientFirstRetryMs: 1000, ...opts.timers };
  const apps = new Applications();
  const stack = new SipStack({
    transport, clock, timers, trying: 'never', forceRport: true, judge, admit,
    onRequest: (tx) => guard(board, () => receive(board, tx)),
    onAck: (ack, source) => guard(board, () => receiveAck(board, ack, source)),
    onStrayResponse: (response) => receiveStray(board, response),
    onMalformed: (reason, source) => opts.log.warn({ reason, protocol: source.protocol }, 'malformed SIP message'),
  });
  const general = new NamedTimers(clock);
  const board: Switchboard = {
    clock, log: opts.log, stack, apps, dialogs: new Dialogs(), cdrs: new Cdrs(apps, clock), timing: timers,
    address: { host: transport.host, port: transport.port }, hostPort: `${transport.host}:${transport.port}`,
    incoming: new Map(), pendingInvites: new Map(), acks: new Map(), timers: general, registered: new RegisteredConnections(general), invitesSeen: new Set(),
  };
  return board;
}

/** A request of the network. */
function receive(board: Switchboard, tx: ServerTransaction): void {
  if (!isViaTrue(tx)) return abandon(tx);
  trimReceived(tx.request.headers, tx.source);
  // Before anything is known about the call: even one that is refused right away gets its 100 first.
  if (tx.request.method === 'INVITE') trying(tx);
  const dialog = board.dialogs.match(tx.request.headers);
  if (dialog && tx.request.method !== 'CANCEL') receiveInDialog(board, dialog, tx);
  else receiveNew(board, tx);
}

/** A fault of ours must cost one message, not every call. */
function guard(board: Switchboard, serveOne: () => void): void {
  try {
    serveOne();
  } catch (error) {
    board.log.error({ error: error instanceof Error ? error.stack : String(error) }, 'message could not be served');
  }
}

/** One message of an authenticated application. */
function serve(board: Switchboard, app: Application, message: AppMessage): void {
  switch (message.kind) {
    case 'response': return respond(board, app, message);
    case 'inDialog': return sendInDialog(board, app, message);
    case 'request': return sendNew(board, app, message);
    case 'cancel': return cancel(board, app, message);
    default: return; // the port itself answers the rest
  }
}

function handle(board: Switchboard, admin: AdminServer, opts: DrachtioOptions): Drachtio {
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await admin.close();
    board.dialogs.clear();
    board.timers.clearAll();
    await board.stack.close();
  };
  return {
    sip: board.address,
    admin: { host: opts.adminHost, port: admin.port },
    counts: () => {
      const { clientTransactions, serverTransactions, timers } = board.stack.counts;
      return {
        dialogs: board.dialogs.count, clients: board.apps.count,
        transactions: clientTransactions + serverTransactions,
        timers: timers + board.timers.size + board.dialogs.timerCount,
      };
    },
    close: () => (closing ??= close()),
  };
}
