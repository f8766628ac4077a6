import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { makeOffer, PCMA, TELEPHONE_EVENT } from '../../../media/sip/offer-answer.js';
import type { OutgoingCall } from '../../../media/sip/outgoing-call.js';
import { UserAgent } from '../../../media/sip/user-agent.js';
import { rest } from './backend.js';

const HOST = '127.0.0.1';
const RTP_HEADER_BYTES = 12;
/** A-law silence: the smallest step of either sign. */
const SILENT: ReadonlySet<number> = new Set([0xd5, 0x55]);

/** One call and when what came, on the monotonic clock, ms. */
export interface BenchCall {
  /** INVITE to 200; null when the call was refused. */
  readonly setupMs: Promise<number | null>;
  /** 200 to the first RTP packet with sound in it, below 0 when that came first; null when there was none. */
  readonly answerToSoundMs: Promise<number | null>;
  readonly ended: Promise<void>;
  hangUp(): void;
}

/** Callers who only listen, with times finer than a millisecond: no jitter buffer and no pacer in between. */
export class BenchCaller {
  private constructor(
    private readonly agent: UserAgent,
    private readonly sip: string,
  ) {}

  /** @param sip `host:port` of the SIP server */
  static async open(sip: { readonly host: string; readonly port: number }): Promise<BenchCaller> {
    return new BenchCaller(await UserAgent.open({ host: HOST, port: 0, userAgent: 'Vaxel-Bench', contactUser: 'bench' }), `${sip.host}:${sip.port}`);
  }

  async call(service: string): Promise<BenchCall> {
    const socket = createSocket('udp4');
    socket.bind(0, HOST);
    await once(socket, 'listening');
    const body = makeOffer({ address: HOST, port: socket.address().port, codecs: [PCMA, TELEPHONE_EVENT], session: { id: '1', version: 1 } });
    const call = this.agent.invite({ uri: `sip:${service}@${this.sip}`, from: `sip:+46701234567@${HOST}`, body });
    return follow(call, { socket, sentAt: performance.now() });
  }

  close(): Promise<void> {
    return this.agent.close();
  }
}

function follow(call: OutgoingCall, from: { readonly socket: Socket; readonly sentAt: number }): BenchCall {
  const { socket, sentAt } = from;
  const answeredAt = new Promise<number | null>((resolve) => {
    call.once('answered', () => resolve(performance.now()));
    call.once('failed', () => resolve(null));
  });
  const ended = new Promise<void>((resolve) => {
    call.once('failed', () => resolve());
    call.once('ended', () => resolve());
  });
  const soundAt = new Promise<number | null>((resolve) => {
    const listen = (packet: Buffer): void => {
      if (!packet.subarray(RTP_HEADER_BYTES).some((sample) => !SILENT.has(sample))) return;
      socket.off('message', listen);
      resolve(performance.now());
    };
    socket.on('message', listen);
    void ended.then(() => resolve(null));
  });
  void ended.then(() => socket.close());
  return {
    setupMs: answeredAt.then((at) => (at === null ? null : at - sentAt)),
    answerToSoundMs: Promise.all([answeredAt, soundAt]).then(([answered, sound]) => (answered === null || sound === null ? null : sound - answered)),
    ended,
    hangUp: () => call.hangUp(),
  };
}

export interface Placed {
  readonly setupMs: readonly number[];
  readonly answerToSoundMs: readonly number[];
  readonly failed: number;
}

/** Places calls at a steady rate, each of which hangs up so long after its answer, and waits for their ends. */
export async function placeCalls(caller: BenchCaller, plan: { readonly service: string; readonly calls: number; readonly cps: number; readonly talkMs: number }): Promise<Placed> {
  const begun = performance.now();
  const setups: (number | null)[] = [];
  const sounds: (number | null)[] = [];
  const one = async (at: number): Promise<void> => {
    await rest(Math.max(0, begun + (at * 1_000) / plan.cps - performance.now()));
    const call = await caller.call(plan.service);
    const setup = await call.setupMs;
    if (setup !== null) await rest(plan.talkMs);
    call.hangUp();
    await call.ended;
    setups.push(setup);
    sounds.push(await call.answerToSoundMs);
  };
  await Promise.all(Array.from({ length: plan.calls }, (_, at) => one(at)));
  const known = (times: readonly (number | null)[]): readonly number[] => times.filter((time) => time !== null);
  return { setupMs: known(setups), answerToSoundMs: known(sounds), failed: setups.filter((setup) => setup === null).length };
}
