import type { Activity, Ending } from './activity.js';
import type { Bridge } from './bridge.js';
import { addCallState, addChannel } from './channel-headers.js';
import type { ChannelMedia } from './channel-media.js';
import type { EslLink } from './esl-link.js';
import { NORMAL_CLEARING } from './hangup-cause.js';
import type { Action } from './inline-dialplan.js';
import type { Switch } from './switch.js';
import { Variables } from './variables.js';

export type ChannelState = 'CS_NEW' | 'CS_INIT' | 'CS_ROUTING' | 'CS_SOFT_EXECUTE' | 'CS_EXECUTE' | 'CS_EXCHANGE_MEDIA' | 'CS_PARK' | 'CS_HANGUP' | 'CS_REPORTING' | 'CS_DESTROY';
export type CallState = 'DOWN' | 'RINGING' | 'EARLY' | 'ACTIVE' | 'HELD' | 'UNHELD' | 'HANGUP';
export type AnswerState = 'ringing' | 'early' | 'answered' | 'hangup';

/** Where the channel goes next. Setting one makes everything that runs on the channel end. */
export type Turn =
  | { readonly kind: 'dialplan'; readonly actions: readonly Action[]; readonly isTransfer: boolean }
  | { readonly kind: 'bridge'; readonly bridge: Bridge }
  | { readonly kind: 'park' }
  | { readonly kind: 'hangup' };

/** An application that a client wants run now. */
export interface ExecuteRequest {
  readonly app: string;
  readonly arg: string;
  /** The client's Event-UUID; it finds its answer by that. */
  readonly uuid: string;
  /** Nothing else is taken up while it runs. */
  readonly isLocked: boolean;
  readonly loops: number;
}

/** The SIP side as the channel needs it. */
export interface Leg {
  /** Sends the 200 to an INVITE that is still open. */
  answer(): void;
  /** Ends the dialog; nothing if the peer ended it. */
  end(cause: string): void;
}

/** One call leg: its variables, what runs on it, and where it stands. The order of things is in channel-thread.ts. */
export class Channel {
  readonly vars = new Variables();
  readonly links = new Set<EslLink>();
  readonly activities: Activity[] = [];
  readonly createdAtMs: number;
  state: ChannelState = 'CS_NEW';
  callState: CallState = 'DOWN';
  answerState: AnswerState = 'ringing';
  hangupCause: string | undefined;
  /** What the running application leaves as its result. */
  response: string | undefined;
  /** The other leg of the last bridge; kept after it until a transfer. */
  otherLeg: { readonly uuid: string; readonly isOriginatee: boolean } | undefined;
  bridge: Bridge | undefined;
  /** A park loop runs until this is cleared: by the end of any socket attached to the channel. */
  isControlled = false;
  isParked = false;
  isHeld = false;
  /** Who hears music because the peer of this channel holds. */
  holdListener: Channel | undefined;
  actions: readonly Action[] = [];
  turn: Turn | undefined;
  readonly #requests: ExecuteRequest[] = [];
  #wakeUp: (() => void) | undefined;

  constructor(readonly uuid: string, readonly owner: Switch, readonly leg: Leg, readonly media: ChannelMedia) {
    this.createdAtMs = owner.settings.clock.now();
  }

  // --- what runs ----------------------------------------------------------------------------------------------------

  get top(): Activity | undefined {
    return this.activities[this.activities.length - 1];
  }

  request(request: ExecuteRequest): void {
    this.#requests.push(request);
    this.wake();
  }

  takeRequest(): ExecuteRequest | undefined {
    return this.#requests.shift();
  }

  /** Ends what plays or sleeps, the inner and the outer alike; `all` also forgets what was not begun yet. */
  break(opts: { all: boolean }): void {
    if (opts.all) this.#requests.length = 0;
    for (const activity of this.activities) if (activity.isBreakable) activity.ending ??= 'break';
    this.wake();
  }

  finish(activity: Activity, ending: Ending): void {
    activity.ending ??= ending;
    this.wake();
  }

  /** Sends the channel somewhere else. A hang-up is final. */
  go(turn: Turn): void {
    if (this.turn?.kind === 'hangup' || this.hangupCause !== undefined) return;
    this.turn = turn;
    this.wake();
  }

  takeTurn(): Turn | undefined {
    const turn = this.turn;
    if (turn?.kind !== 'hangup') this.turn = undefined;
    return turn;
  }

  wake(): void {
    const wakeUp = this.#wakeUp;
    this.#wakeUp = undefined;
    wakeUp?.();
  }

  /** Resolves at the next change that could matter to what runs. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeUp = resolve;
    });
  }

  // --- states and events --------------------------------------------------------------------------------------------

  /** Ends the channel. The first cause counts; later calls change nothing. */
  hangup(cause: string = NORMAL_CLEARING): void {
    if (this.hangupCause !== undefined) return;
    if (this.isHeld) this.unhold();
    this.hangupCause = cause;
    this.answerState = 'hangup';
    this.vars.set('hangup_cause', cause);
    this.emit('CHANNEL_HANGUP');
    this.turn = { kind: 'hangup' };
    this.wake();
  }

  unhold(): void {
    this.isHeld = false;
    this.setCallState('UNHELD');
    this.emit('CHANNEL_UNHOLD');
  }

  setState(state: ChannelState): void {
    this.state = state;
    this.emit('CHANNEL_STATE');
  }

  setCallState(callState: CallState): void {
    if (callState === this.callState) return;
    const before = this.callState;
    this.callState = callState;
    this.owner.publish({ name: 'CHANNEL_CALLSTATE', uuid: this.uuid }, (to) => void addCallState(to, this, before));
  }

  /** An event about this channel with all its variables. */
  emit(name: string, extra: Readonly<Record<string, string>> = {}): void {
    this.owner.publish({ name, uuid: this.uuid }, (to) => {
      addChannel(to, this);
      Object.assign(to, extra);
    });
  }

  /** An event without the variables, as for keys. */
  emitBrief(name: string, extra: Readonly<Record<string, string>>): void {
    this.owner.publish({ name, uuid: this.uuid }, (to) => {
      addChannel(to, this, { withVariables: false });
      Object.assign(to, extra);
    });
  }

  /** The socket of an application is gone. */
  linkLost(link: EslLink): void {
    this.links.delete(link);
    this.isControlled = false;
    this.wake();
  }
}
