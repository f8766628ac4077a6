import type { CallId, LegId, Millis, NodeId } from '../core/ids.js';
import type { Result } from '../core/errors.js';

/** What is needed to reach a leg from any gateway process: kept in the call's snapshot. */
/** A leg of a dead process: it lives; its far end hung up meanwhile; or it was lost with our SIP or media server, and is ended. */
export type FoundLeg = 'alive' | 'left' | 'lost';

export interface LegHandle {
  readonly legId: LegId;
  readonly role: 'caller' | 'agent';
  /** drachtio's name of the dialog: `<Call-ID>;from-tag=<tag>`. */
  readonly dialogId: string;
  /** The media server's address and its channel. */
  readonly mediaServer: string;
  readonly channel: string;
}

export interface IncomingCaller {
  readonly callId: CallId;
  readonly legId: LegId;
  readonly sipCallId: string;
  readonly ani: string | null;
  readonly dnis: string;
  readonly source: string;
  readonly at: Millis;
  /** What another process needs to go on with this INVITE when ours dies before it is answered; kept in the snapshot, read by `adoptArrival`. Null = too long to be kept. */
  readonly arrival: string | null;
}

/** Facts from the SIP and media side, about legs only. */
export type TelephonyFact =
  | { readonly type: 'caller.arrived'; readonly caller: IncomingCaller }
  /** The far end hung up, or the leg was lost. Exactly once a leg; a leg that we hung up reports nothing. */
  | { readonly type: 'leg.hungUp'; readonly callId: CallId; readonly legId: LegId; readonly by: 'peer' | 'system'; readonly cause: string; readonly at: Millis }
  | { readonly type: 'leg.digit'; readonly callId: CallId; readonly legId: LegId; readonly digit: string; readonly at: Millis }
  | { readonly type: 'leg.held'; readonly callId: CallId; readonly legId: LegId; readonly isHeld: boolean; readonly at: Millis }
  /** A process, or this one, goes on with the call of another that it took for dead. */
  | { readonly type: 'call.taken'; readonly callId: CallId; readonly by: NodeId };

export interface DialRequest {
  readonly callId: CallId;
  readonly legId: LegId;
  /**
   * An address of record of our domain (`sip:anna@vaxel`), resolved to the registered contact; or, for a transfer, any SIP address,
   * or a number, which goes out by the trunk.
   */
  readonly aor: string;
  /** The leg that it is to be joined to: the new endpoint is made on the same media server. Null where this is the call's first leg. */
  readonly beside: LegId | null;
  /** Default `agent`. A customer whom we call is a caller once they have answered: they stay when the agent's leg is lost. */
  readonly role?: LegHandle['role'];
  /** Shown on the phone. */
  readonly callerNumber: string | null;
  readonly shouldAutoAnswer: boolean;
  /** Whether the caller hears what the far end sends before it answers (its ringback, an announcement), in place of the music. */
  readonly hasEarlyMedia: boolean;
  /** Further headers of the INVITE, all `X-…`. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RecordingOrder {
  readonly path: string;
  readonly maxMs: number;
  readonly silenceMs: number;
}

/**
 * SIP and media on drachtio and FreeSWITCH. Owns its protocol races: a CANCEL that crosses 200, a BYE during set-up, glare.
 * Every method is safe to repeat; a method on a leg that is gone answers `VG_LEG_GONE`.
 */
export interface Telephony {
  /** Where facts go. Set once, before `start`. */
  onFact(listener: (fact: TelephonyFact) => void): void;
  start(): Promise<void>;
  /** Whether new calls can be served: drachtio and at least one media server are connected. */
  isUp(): boolean;
  /** Makes the caller's media endpoint and answers 200. */
  answer(legId: LegId): Promise<Result<LegHandle>>;
  /** Refuses a caller that was not answered yet. */
  reject(legId: LegId, status: number, reason: string, headers?: Readonly<Record<string, string>>): Promise<void>;
  /** Plays files one after the other; resolves when heard whole (`isWhole`) or stopped. Digits go on arriving as facts. */
  play(legId: LegId, files: readonly string[]): Promise<Result<{ readonly isWhole: boolean }>>;
  /** Stops what `play` plays; music goes on. */
  hush(legId: LegId): Promise<void>;
  /**
   * A beep, then what the far end says is recorded to a file that the media server sees at this path (WAV, 8 kHz, 16 bit, mono). Resolves when
   * it ended and the file is whole: by silence (counted from the beep), by the limit, by `stopRecording`, or with the leg: VG_LEG_GONE then,
   * with what was said until then in the file.
   */
  record(legId: LegId, what: RecordingOrder): Promise<Result<null>>;
  /** Ends what `record` records; harmless when nothing is recorded. */
  stopRecording(legId: LegId): Promise<void>;
  /**
   * Endless music until bridged, hushed by `stopMusic` or hung up; `play` nests inside it. Of these files, which the media server sees at
   * this path; of none, or where it does not find them: its default. Called again with others it goes over to those.
   */
  startMusic(legId: LegId, files: readonly string[]): Promise<Result<null>>;
  stopMusic(legId: LegId): Promise<void>;
  /** A phone will be rung for this caller, sooner or later: its media endpoint may be made by then. Optional, speeds up `dial`. */
  expectDial(beside: LegId): void;
  /** Makes a phone's media endpoint ahead of the ring; optional, speeds up `dial`. */
  prepareDial(request: DialRequest): Promise<void>;
  /** Rings; resolves when answered (media connected, not yet bridged) or with VG_BUSY, VG_DECLINED, VG_NO_ANSWER, VG_FAILED, VG_PHONE_UNREGISTERED. `onInviteSent` gets the time the INVITE left. */
  dial(request: DialRequest, onInviteSent: (at: Millis) => void): Promise<Result<LegHandle>>;
  /** Stops a ring. A 200 that crosses the CANCEL is acknowledged and ended with BYE. */
  cancelDial(legId: LegId): Promise<void>;
  /** Caller first. Cuts music and plays. Nothing to do where the caller heard the other end before it answered. */
  bridge(caller: LegId, agent: LegId): Promise<Result<null>>;
  hangUp(legId: LegId, cause: string): Promise<void>;
  /** Tells all processes, by way of the media servers, that this node goes on with the call: one that lives yet lets go of it. Before any leg is adopted. */
  tellTaken(callId: CallId, node: NodeId): Promise<void>;
  /** Takes over a leg of a dead process. A talking leg stays bridged. */
  adopt(callId: CallId, handle: LegHandle, isTalking: boolean): Promise<FoundLeg>;
  /**
   * Takes over a caller whom a dead process may not have answered yet. True = the INVITE is open: `answer` goes on with it. False = it was
   * answered, on a channel that nobody knows: the caller's dialog is ended with BYE.
   */
  adoptArrival(callId: CallId, legId: LegId, arrival: string): Promise<boolean>;
  /** Forgets a leg that another process has taken over: nothing is sent, nothing is reported. */
  letGo(legId: LegId): void;
  counts(): Readonly<Record<string, number>>;
  /** Takes no more callers from now on; the SIP server gives them to other gateways, and without any refuses them with 503. */
  drain(): void;
  /** Takes callers again. */
  resume(): void;
  close(): Promise<void>;
}
