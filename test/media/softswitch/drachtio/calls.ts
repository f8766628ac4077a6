import { EventEmitter } from 'node:events';
import type { FakeClock } from '../../../../media/sip/clock.js';
import { answerCall, type App, type Dialog, next, type Peer, request, type RequestParts, Rig } from './rig.js';

export interface Call { rig: Rig; srf: App; peer: Peer; port: number; dialog: Dialog; toTag: string; ok: string; say(method: string, parts?: Partial<RequestParts>): void }

export interface CallOptions { clock?: FakeClock; invite?: Partial<RequestParts> }

/** A call with the id `c` that the application has answered and whose ACK was read. */
export async function answeredCall(parts: CallOptions = {}): Promise<Call> {
  const rig = await Rig.open(parts.clock);
  const dialogs = new EventEmitter();
  const srf = await rig.app((app) => answerCall(app, dialogs));
  const peer = await rig.peer();
  const { port } = rig.server.sip;
  const made = next<Dialog>(dialogs, 'dialog');
  const { toTag, ok } = await rig.answered(peer, 'c', parts.invite);
  const dialog = await made;
  await peer.rest(); // the ACK has been read
  let cseq = 1;
  return { rig, srf, peer, port, dialog, toTag, ok, say: (method, more = {}) => peer.send(request(method, { peer, port, callId: 'c', toTag, cseq: ++cseq, ...more })) };
}
