import type { EventEmitter } from 'node:events';
import { FakeClock } from '../../../media/sip/clock.js';
import type { IncomingCall } from '../../../media/sip/incoming-call.js';
import { makeAnswer, makeOffer } from '../../../media/sip/offer-answer.js';
import type { InviteOptions, OutgoingCall } from '../../../media/sip/outgoing-call.js';
import { UserAgent, type UserAgentOptions } from '../../../media/sip/user-agent.js';
import { FakeTransport, PEER, requestText, type RequestParts, responseText } from './fake-transport.js';

/** The first value of an event that is still to come. */
export function next<M extends Record<keyof M, unknown[]>, K extends keyof M>(emitter: EventEmitter<M>, event: K): Promise<M[K][0]> {
  return new Promise((resolve) => {
    (emitter as EventEmitter).once(event as string, (value: M[K][0]) => resolve(value));
  });
}

export const OFFER = makeOffer({ address: '127.0.0.1', port: 4000, session: { id: '1', version: 1 } });
export const answerTo = (offer: string): string => makeAnswer(offer, { address: '127.0.0.1', port: 4002, session: { id: '2', version: 1 } }) ?? '';

/** Agents on loopback that are closed together. */
export class Agents {
  private readonly open: UserAgent[] = [];

  async make(opts: Partial<UserAgentOptions> = {}): Promise<UserAgent> {
    const agent = await UserAgent.open({ host: '127.0.0.1', port: 0, ...opts });
    this.open.push(agent);
    return agent;
  }

  async closeAll(): Promise<void> {
    for (const agent of this.open.splice(0)) await agent.close();
  }

  /** A caller and a callee with one call between them that is not answered yet. */
  async pair(opts: Partial<InviteOptions> & { callee?: Partial<UserAgentOptions> } = {}): Promise<{ caller: UserAgent; callee: UserAgent; out: OutgoingCall; incoming: IncomingCall }> {
    const { callee: calleeOptions, ...rest } = opts;
    const caller = await this.make({ contactUser: 'alice' });
    let arrived: (call: IncomingCall) => void = () => undefined;
    const arrival = new Promise<IncomingCall>((resolve) => (arrived = resolve));
    const callee = await this.make({ contactUser: 'bob', onInvite: (call) => arrived(call), ...calleeOptions });
    const out = caller.invite({
      uri: `sip:100@127.0.0.1:${callee.port};transport=${rest.protocol ?? 'udp'}`, from: '"Alice" <sip:4711@example.com>',
      ...(rest.lateAnswer ? {} : { body: OFFER }), ...rest,
    });
    return { caller, callee, out, incoming: await arrival };
  }
}

/** One agent on a fake transport and clock, with the peer's messages written by hand. */
export async function bareAgent(opts: Partial<UserAgentOptions> = {}) {
  const transport = new FakeTransport();
  const clock = new FakeClock();
  const calls: IncomingCall[] = [];
  const agent = await UserAgent.open({ host: '10.0.0.1', port: 5060, transport, clock, random: () => 0.5, onInvite: (call) => calls.push(call), ...opts });
  const deliver = (method: string, parts: RequestParts = {}): void => transport.deliver(requestText(method, parts));
  /** A request of the peer inside the dialog of an incoming call. */
  const inDialog = (method: string, parts: RequestParts = {}): void => {
    const tag = calls.at(-1)?.localTag ?? '';
    deliver(method, { to: `<sip:100@10.0.0.1>;tag=${tag}`, branch: `z9hG4bK${method}${parts.cseq ?? 2}`, cseq: 2, ...parts });
  };
  /** The peer's answer to the last request we sent of that method. */
  const answer = (method: string, status: number, parts: Parameters<typeof responseText>[2] = {}): void => {
    const sent = transport.sent.map(({ message }) => message).findLast((message) => message.kind === 'request' && message.method === method);
    if (sent?.kind !== 'request') throw new Error(`no ${method} was sent`);
    transport.deliver(responseText(sent, status, { extra: ['Contact: <sip:bob@10.0.0.2:5070>'], ...parts }), PEER);
  };
  const place = (parts: Partial<InviteOptions> = {}): OutgoingCall =>
    agent.invite({ uri: 'sip:bob@10.0.0.2:5070', from: 'sip:us@10.0.0.1', ...(parts.lateAnswer ? {} : { body: OFFER }), ...parts });
  return { transport, clock, calls, agent, deliver, inDialog, answer, place };
}
