import { CALLBACK_DEFAULTS } from '../../gateway/core/acd/callback-config.js';
import { CallActor } from '../../gateway/app/call-actor.js';
import type { Centre } from '../../gateway/app/centre.js';
import type { CallEffect } from '../../gateway/core/call/call-effects.js';
import type { CallEvent } from '../../gateway/core/call/call-events.js';
import type { CallState } from '../../gateway/core/call/call-state.js';
import { failed, ok, type Result } from '../../gateway/core/errors.js';
import type { AgentId, CallId, LegId, NodeId, QueueId } from '../../gateway/core/ids.js';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';
import type { PushOutcome, Screens } from '../../gateway/ports/screens.js';
import type { Speech } from '../../gateway/ports/speech.js';
import type { DialRequest, FoundLeg, LegHandle, Telephony } from '../../gateway/ports/telephony.js';
import { at, rulesFor } from '../core/call/call-story.js';
import { KeptLog } from './silent-log.js';

/** A promise with its ends in the test's hand. */
export function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void; readonly reject: (error: Error) => void } {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** Lets everything that is ready run; no time passes. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

/** An actor that keeps what it is told instead of folding it, around a call in that phase. */
export class ListeningActor extends CallActor {
  readonly told: CallEvent[] = [];

  constructor(
    state: CallState,
    readonly kept = new KeptLog(),
  ) {
    super(state, { rules: rulesFor(), save: () => Promise.resolve(true), run: () => undefined, log: kept });
  }

  override dispatch(event: CallEvent): void {
    this.told.push(event);
  }
}

export const actorIn = (phase: keyof typeof at): ListeningActor => new ListeningActor(at[phase]().state);

/** Notes what is asked and answers as the test set it. */
export class FakeTelephony implements Telephony {
  readonly asked: string[] = [];
  answered: Result<LegHandle> = failed('VG_LEG_GONE', 'not set');
  dialled: Promise<Result<LegHandle>> = Promise.resolve(failed('VG_BUSY', 'not set'));
  played: Promise<Result<{ readonly isWhole: boolean }>> = Promise.resolve(ok({ isWhole: true }));
  recorded: Promise<Result<null>> = Promise.resolve(ok(null));
  bridged: Result<null> = ok(null);
  lastDial: DialRequest | null = null;

  onFact = () => undefined;
  start = () => Promise.resolve();
  isUp = () => true;
  answer = (legId: LegId) => this.note(`answer ${legId}`, this.answered);
  reject = (legId: LegId, status: number) => this.note(`reject ${legId} ${status}`, undefined);
  play = (legId: LegId, files: readonly string[]) => this.note(`play ${legId} ${files.join(',')}`, this.played);
  record = (legId: LegId, { path }: { readonly path: string }) => this.note(`record ${legId} ${path}`, this.recorded);
  stopRecording = (legId: LegId) => this.note(`stopRecording ${legId}`, undefined);
  hush = (legId: LegId) => this.note(`hush ${legId}`, undefined);
  startMusic = (legId: LegId, files: readonly string[]) => this.note(`music ${[legId, ...files].join(' ')}`, ok(null));
  stopMusic = () => Promise.resolve();
  expectDial = (beside: LegId) => void this.asked.push(`expect ${beside}`);
  prepareDial = (request: DialRequest) => this.dials(`prepare ${request.legId}`, request, undefined);
  dial = (request: DialRequest) => this.dials(`dial ${request.legId}`, request, this.dialled);
  cancelDial = (legId: LegId) => this.note(`cancel ${legId}`, undefined);
  bridge = (caller: LegId, agent: LegId) => this.note(`bridge ${caller} ${agent}`, this.bridged);
  hangUp = (legId: LegId, cause: string) => this.note(`hangUp ${legId} ${cause}`, undefined);
  tellTaken = (callId: CallId, node: NodeId) => this.note(`tellTaken ${callId} ${node}`, undefined);
  adopt = (): Promise<FoundLeg> => Promise.resolve('alive');
  adoptArrival = (_callId: CallId, legId: LegId) => this.note(`adoptArrival ${legId}`, true);
  letGo = () => undefined;
  counts = () => ({});
  drain = () => undefined;
  resume = () => undefined;
  close = () => Promise.resolve();

  private note<T>(what: string, answer: T | Promise<T>): Promise<T> {
    this.asked.push(what);
    return Promise.resolve(answer);
  }

  private dials<T>(what: string, request: DialRequest, answer: T | Promise<T>): Promise<T> {
    this.lastDial = request;
    return this.note(what, answer);
  }
}

/** Renders at once, or when the test says so. */
export class FakeSpeech implements Speech {
  readonly words: string[] = [];
  rendered: Promise<Result<null>> = Promise.resolve(ok(null));

  async render({ language, text }: { readonly language: string; readonly text: string }): Promise<Result<{ readonly path: string; readonly durationMs: number }>> {
    this.words.push(`${language}:${text}`);
    const rendered = await this.rendered;
    return rendered.ok ? ok({ path: `/speech/${text.replaceAll(' ', '-')}.wav`, durationMs: 100 }) : rendered;
  }
}

/** A screen whose acknowledgement the test gives; without one the wait runs on the given clock. */
export class FakeScreens implements Screens {
  readonly pushed: { readonly agentId: AgentId; readonly event: ServerEvent; readonly ackWithinMs: number }[] = [];
  outcome: Promise<PushOutcome> = Promise.resolve({ sentAt: null, acknowledgedAt: null });

  push(agentId: AgentId, event: ServerEvent, ackWithinMs: number): Promise<PushOutcome> {
    this.pushed.push({ agentId, event, ackWithinMs });
    return this.outcome;
  }
}

/** One queue, one agent. */
export const fakeCentre: Centre = {
  number: () => null,
  blocked: () => null,
  queue: (id: QueueId) => (id === 'people' ? { id, name: 'People', names: { sv: 'Folk', nb: 'Folk', en: 'People' }, needs: [{ skill: 'talk', minLevel: 3 }], prefer: [], relax: [], ageing: [], overflow: {}, callback: CALLBACK_DEFAULTS, reconnectMs: 300_000, announce: { position: true, wait: true }, musicFiles: [], band: 100, ringTimeoutMs: 12_000, wrapUpMs: 30_000, wrapUpLongestMs: 180_000 } : null),
  skillName: () => null,
  strategy: () => 'longestIdle',
  prompt: () => [],
  isOpen: () => true,
  agent: (id: AgentId) => (id === 'anna' ? { id, name: 'Anna Lind', phone: { address: 'sip:anna@vaxel', answer: 'screen' }, isSupervisor: false } : null),
  disposition: (id) => ({ sv: id, nb: id, en: id }),
  maxWaitMs: () => 1_800_000,
  incidents: () => [],
};

/** No place is kept for anybody. */
export const NO_PLACES = { resume: () => Promise.resolve(null), isSuperseded: () => Promise.resolve(false) };

/** Nobody is wished for. */
export const NO_WISHES = { personalOf: () => Promise.resolve(null) };

/** The effect of that kind which the call ordered last on its way to the phase. */
export function effectOf<T extends CallEffect['type']>(phase: keyof typeof at, type: T): Extract<CallEffect, { type: T }> {
  const found = at[phase]().orders.findLast((effect): effect is Extract<CallEffect, { type: T }> => effect.type === type);
  if (found === undefined) throw new Error(`no ${type} on the way to ${phase}`);
  return found;
}
