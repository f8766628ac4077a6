import { paramsOf, parseUri, splitList } from '../../sip/address.js';
import type { NamedTimers } from '../../sip/clock.js';
import { contactOf } from '../../sip/dialog.js';
import type { SipRequest, SipResponse } from '../../sip/message.js';
import type { Source } from '../../sip/transport.js';

const METHODS = new Set(['INVITE', 'OPTIONS', 'NOTIFY', 'MESSAGE']);

/**
 * The TCP connections over which phones registered. Requests to such a phone go back the same way whatever port they name, and
 * `@localhost` then stands for the far end of that connection, not for the server: seen on drachtio-server 0.9.4.
 */
export class RegisteredConnections {
  private readonly connections = new Map<string, Source>();

  constructor(private readonly timers: NamedTimers) {}

  /** An application answered a REGISTER. */
  answered(request: SipRequest, response: SipResponse, source: Source): void {
    if (request.method !== 'REGISTER' || response.status !== 200 || source.protocol !== 'tcp') return;
    const key = keyOf(contactOf(request.headers) ?? '');
    if (key === undefined) return;
    const [bound] = splitList(response.headers.all('contact'));
    const seconds = Number.parseInt((bound === undefined ? undefined : paramsOf(bound).get('expires')) ?? response.headers.get('expires') ?? '0', 10);
    const timer = `registered ${key}`;
    this.connections.delete(key);
    this.timers.clear(timer);
    if (!(seconds > 0)) return;
    this.connections.set(key, source);
    this.timers.set(timer, seconds * 1000, () => this.connections.delete(key));
  }

  /** The connection that a new request to this URI takes; undefined when it finds its own way. */
  towards(method: string, uri: string, hop: Source): Source | undefined {
    const key = keyOf(uri);
    return hop.protocol === 'tcp' && METHODS.has(method) && key !== undefined ? this.connections.get(key) : undefined;
  }
}

/** User and host, without the port. */
function keyOf(uri: string): string | undefined {
  const parsed = parseUri(uri);
  return parsed && `${parsed.user ?? ''}@${parsed.host}`;
}
