import type { CallId, NodeId } from '../core/ids.js';

export interface Heartbeat {
  /** `lapsed`: it had run out, or is new: others may have adopted calls of this node. */
  readonly lease: 'kept' | 'lapsed';
  /** Which run of the server answered: another than before may lack the last writes (a restart, a fail-over). */
  readonly serverRun: string;
}

/** A call as it was saved last. */
export interface SavedCall {
  readonly callId: CallId;
  /** Who has it. */
  readonly node: NodeId;
  /** How often a node has taken it over from another. */
  readonly takeovers: number;
  readonly snapshot: string;
}

/** Snapshots of calls, so that a call outlives its gateway process. Text is the serialised, versioned snapshot. */
export interface CallStore {
  /**
   * Writes the newest snapshot; an older `version` never overwrites a newer one. Rejects when the store does not answer within 250 ms, and
   * with an error named `CallTaken` when another node has adopted the call meanwhile: this process must let go of it without a word. Of two
   * nodes the one has the call that knows of more take-overs: a store that went back in time may name the one before.
   */
  save(call: SavedCall & { readonly version: number }): Promise<void>;
  /** Removes a finished call. False: another node has adopted it, and it stays, unless this one knows of more take-overs (default 0). */
  remove(callId: CallId, takeovers?: number): Promise<boolean>;
  /**
   * Renews this node's lease (server time); a node whose lease ran out may be adopted.
   */
  heartbeat(node: NodeId, leaseMs: number): Promise<Heartbeat>;
  /** The nodes that live; one that died is among them until its calls are adopted. */
  nodes(): Promise<readonly NodeId[]>;
  /** Notes whether the node takes no more callers, until others take it for dead. */
  noteDrained(node: NodeId, isDrained: boolean): Promise<void>;
  /** The nodes of which that is noted. */
  drained(): Promise<readonly NodeId[]>;
  /** The calls that the store gives to a node; of this one without those that it has taken over and does not know of yet, as `adopt` was not answered. */
  owned(node: NodeId): Promise<readonly CallId[]>;
  /** The node that has the call; null when nobody has. */
  ownerOf(callId: CallId): Promise<NodeId | null>;
  /** Those that are over are left out. */
  saved(callIds: readonly CallId[]): Promise<readonly SavedCall[]>;
  /** Takes over all calls of nodes whose lease ran out; each call is given to exactly one adopter. */
  adopt(node: NodeId): Promise<readonly SavedCall[]>;
  /** Agent phones: AoR → contact with its expiry. */
  saveRegistration(registration: Registration): Promise<void>;
  registration(aor: string): Promise<Registration | null>;
  removeRegistration(aor: string): Promise<void>;
  close(): Promise<void>;
}

export interface Registration {
  readonly aor: string;
  /** Contact URI as registered. */
  readonly contact: string;
  /** Where the REGISTER came from: requests go there (NAT). */
  readonly source: { readonly protocol: 'udp' | 'tcp'; readonly address: string; readonly port: number };
  readonly expiresAt: number;
}
