import type { Clock } from '../../sip/clock.js';
import type { Applications } from './applications.js';
import { cdrFrame, type CdrKind } from './wire.js';

/** Why a call ended, in the words of the server. An ACK followed by BYE shows as `system-initiated-termination` in 0.9.4. */
export type StopReason = 'call-rejected' | 'call-canceled' | 'normal-release' | 'session-expired' | 'system-initiated-termination';
type Origin = 'network' | 'application';

/** Call detail records: each goes to one application that routed it, round robin, whoever owns the call. */
export class Cdrs {
  constructor(private readonly apps: Applications, private readonly clock: Clock) {}

  attempt(source: Origin, raw: string): void {
    this.post('cdr:attempt', source, { raw });
  }

  start(source: Origin, role: 'uac' | 'uas', raw: string): void {
    this.post('cdr:start', source, { raw, detail: role });
  }

  stop(source: Origin, reason: StopReason, raw: string): void {
    this.post('cdr:stop', source, { raw, detail: reason });
  }

  private post(kind: CdrKind, source: Origin, record: { raw: string; detail?: string }): void {
    this.apps.pick(kind)?.send(cdrFrame(kind, { source, at: this.clock.now(), ...record }));
  }
}
