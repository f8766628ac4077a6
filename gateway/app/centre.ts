import type { BlockedWhy } from '../core/acd/blocked.js';
import type { PhoneConfig } from '../core/acd/contact-centre.js';
import type { Names } from '../core/acd/names.js';
import type { QueueConfig } from '../core/acd/queue-config.js';
import type { Strategy } from '../core/acd/queue-types.js';
import type { Flow } from '../core/flow/flow-schema.js';
import type { Incident } from '../core/flow/incident.js';
import type { Language, Utterance } from '../core/flow/flow-types.js';
import type { AgentId, Millis, QueueId } from '../core/ids.js';
import type { ScreenQueue } from '../core/screen/queue.js';

/** A service number and the flow that serves it. */
export interface ServiceNumber {
  readonly flowId: string;
  readonly language: Language;
  /** What a caller hears when neither the flow nor a person can be had. */
  readonly lastWords: (language: Language) => readonly Utterance[];
  /** Where callers go instead, or null. */
  readonly lastResortTarget: string | null;
}

/** What the calls need to know of a queue. */
export interface QueueSettings extends Pick<QueueConfig, 'id' | 'names' | 'needs' | 'prefer' | 'relax' | 'ageing' | 'overflow' | 'callback' | 'reconnectMs' | 'announce' | 'band' | 'ringTimeoutMs' | 'wrapUpMs' | 'wrapUpLongestMs'> {
  readonly name: string;
  /** Music of its own, one file after the other; empty = the default. */
  readonly musicFiles: readonly string[];
}

/** A queue that a reload of the contact centre's file removed: whoever waits or is on the way there is served by anybody. */
export const GONE_QUEUE: Pick<QueueSettings, 'needs' | 'prefer' | 'relax' | 'ageing' | 'band'> = { needs: [], prefer: [], relax: [], ageing: [], band: 100 };

/** Why a caller is not served, and the flow that says so; null = they are not answered. */
export interface Blocked {
  readonly why: BlockedWhy;
  readonly flowId: string | null;
}

export interface AgentSettings {
  readonly id: AgentId;
  readonly name: string;
  /** Null for an agent who takes no calls. */
  readonly phone: PhoneConfig | null;
  readonly isSupervisor: boolean;
}

/** What the calls read of the contact centre's configuration; looked up anew at every use, so that a reload shows. */
export interface Centre {
  number(dialled: string): ServiceNumber | null;
  /** Null for a caller who is served. `ani`: null when it is withheld. */
  blocked(ani: string | null): Blocked | null;
  queue(id: QueueId): QueueSettings | null;
  agent(id: AgentId): AgentSettings | null;
  /** What people call a skill; null for one that is gone. */
  skillName(id: string): Names | null;
  strategy(): Strategy;
  /** A shared prompt in that language; empty where there is none. */
  prompt(id: string, language: Language): readonly Utterance[];
  /** Whether the opening hours of that name say open; true where there are none of that name. */
  isOpen(hours: string, at: Millis): boolean;
  /** What agents call a disposition; one that is gone goes by its id. */
  disposition(id: string): Names;
  /** Longest wait in a queue before the number's last resort, ms. */
  maxWaitMs(): number;
  /** What is wrong just now or soon, as flows tell it. */
  incidents(): readonly Incident[];
}

/** The flows as loaded: the newest of each, and every version that a call in progress may still finish on. */
export interface Flows {
  /** The version that serves this caller, as known now. */
  choose(flowId: string, caller: { readonly ani: string | null; readonly callId: string }): { readonly flow: Flow; readonly version: string } | null;
  /** Looks for news, so that `choose` agrees with the other gateways. Does not throw. */
  refresh(): Promise<void>;
  /** Loads a version that this process does not know yet. Does not throw. */
  fetch(flowId: string, version: string): Promise<void>;
  version(flowId: string, version: string): Flow | null;
}

/** A queue as screens name it. One that is gone is named by its id. */
export function screenQueue(centre: Pick<Centre, 'queue'>, id: QueueId): ScreenQueue {
  const queue = centre.queue(id);
  return queue === null ? { id, name: id } : { id, name: queue.name, names: queue.names };
}
