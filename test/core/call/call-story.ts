import { CALLBACK_DEFAULTS } from '../../../gateway/core/acd/callback-config.js';
import { ringTimer } from '../../../gateway/core/call/waiting-state.js';
import type { CallEffect } from '../../../gateway/core/call/call-effects.js';
import type { CallEvent } from '../../../gateway/core/call/call-events.js';
import type { CallRules } from '../../../gateway/core/call/call-rules.js';
import type { Activity, CallState } from '../../../gateway/core/call/call-state.js';
import { openCall, reduceCall } from '../../../gateway/core/call/reduce-call.js';
import type { Flow } from '../../../gateway/core/flow/flow-schema.js';
import type { VgErrorCode } from '../../../gateway/core/errors.js';
import { brand, type AgentId, type CallId, type LegId, type NodeId, type OfferId, type QueueId } from '../../../gateway/core/ids.js';
import { smallFlow } from '../flow/small-flow.js';

export const AT = 1_700_000_000_000;
export const CALLER = brand<LegId>('call-1-c');
export const PHONE = brand<LegId>('call-1-a1');
/** The leg of a blind transfer. */
export const OUTSIDE = brand<LegId>('call-1-t1');
export const ANNA = brand<AgentId>('anna');
export const BO = brand<AgentId>('bo');
export const OFFER = brand<OfferId>('offer-1');
export const OFFER_2 = brand<OfferId>('offer-2');
export const QUEUE = brand<QueueId>('people');
export const NODE = brand<NodeId>('gw-1');
export const OTHER_NODE = brand<NodeId>('gw-2');
export const RING_MS = 15_000;
export const MAX_WAIT_MS = 1_800_000;

const RETRY = 'noInput: { retries: 1, next: person }, noMatch: { retries: 1, next: person }';

/** 1 is told something and ends, 2 asks the back end and is then solved, 3 dials out, 0 goes to a person. */
export const FLOW: Flow = smallFlow(
  `start: { do: menu, prompt: p-menu, keys: { 1: told, 2: act, 3: outside }, ${RETRY} }
told: { do: hangup, prompt: p-told, outcome: told }
act: { do: connector, call: x.act, with: { code: "7" }, exits: { ok: done, error: person } }
done: { do: menu, prompt: p-done, keys: { 1: solved }, ${RETRY} }
outside: { do: transfer, to: "sip:other@127.0.0.1" }`,
);

/** Rules whose announcements say their own key. */
export function rulesFor(changes: Partial<CallRules> = {}): CallRules {
  return {
    flow: FLOW,
    language: 'en',
    incidents: [],
    announce: (what, language) => [{ promptId: what.key, language, text: what.key === 'queue.place' ? [what.position === null ? '' : `number ${what.position}`, what.wait === null ? '' : `wait ${what.wait.fromMinutes}-${what.wait.toMinutes}`].join(' ').trim() : what.key === 'queue.comfort' ? what.prompt : what.key }],
    answerMode: () => 'screen',
    maxWaitMs: MAX_WAIT_MS,
    overflowAfterMs: () => null,
    queueWords: () => ({ welcome: null, position: true, wait: true, comfort: null }),
    callback: () => CALLBACK_DEFAULTS,
    mayRing: () => true,
    lastResortTarget: null,
    ...changes,
  };
}

/** A fact without its time. */
export type Fact = CallEvent extends infer E ? (E extends CallEvent ? Omit<E, 'at'> & { readonly at?: number } : never) : never;

/** One call told as facts; keeps the state and what each fact ordered. */
export class CallStory {
  state: CallState;
  now = AT;
  /** Orders of the newest fact. */
  last: readonly CallEffect[];
  /** All orders so far. */
  readonly orders: CallEffect[] = [];

  constructor(public rules: CallRules = rulesFor(), arrival: { readonly arrival?: string } = {}) {
    const opened = openCall({
      type: 'caller.arrived',
      at: AT,
      callId: brand<CallId>('call-1'),
      legId: CALLER,
      node: NODE,
      sipCallId: 'abc@caller',
      ani: '+46701234567',
      dnis: '+46771000100',
      flowId: FLOW.id,
      flowVersion: FLOW.version,
      ...arrival,
    });
    this.state = opened.state;
    this.last = opened.effects;
    this.orders.push(...opened.effects);
  }

  /** Folds facts, a second apart. */
  tell(...facts: readonly Fact[]): this {
    for (const fact of facts) {
      this.now += 1_000;
      const { state, effects } = reduceCall(this.rules, this.state, { at: this.now, ...fact } as CallEvent);
      this.state = state;
      this.last = effects;
      this.orders.push(...effects);
    }
    return this;
  }

  get phase(): Activity['phase'] {
    return this.state.activity.phase;
  }

  /** Names of the newest orders, in order. */
  get types(): readonly string[] {
    return this.last.map((effect) => effect.type);
  }

  /** The newest order of that kind; fails when there is none. */
  order<T extends CallEffect['type']>(type: T): Extract<CallEffect, { type: T }> {
    const found = this.last.findLast((effect): effect is Extract<CallEffect, { type: T }> => effect.type === type);
    if (found === undefined) throw new Error(`no ${type} in ${this.types.join(' ')}`);
    return found;
  }
}

export const address = { dialogId: 'abc;from-tag=1', mediaServer: '127.0.0.1:8021', channel: 'u-1' };

export const facts = {
  answered: { type: 'leg.answered', legId: CALLER, address },
  key: (digit: string) => ({ type: 'digit.pressed', legId: CALLER, digit }),
  callerLeaves: { type: 'leg.hungUp', legId: CALLER, by: 'peer', cause: 'normal' },
  callerLost: { type: 'leg.hungUp', legId: CALLER, by: 'system', cause: 'media-timeout' },
  offered: { type: 'offer.made', offerId: OFFER, agentId: ANNA, queue: QUEUE, expiresAt: 0 },
  shown: { type: 'offer.shown', offerId: OFFER, isAcknowledged: true },
  accept: { type: 'agent.accepted', agentId: ANNA, offerId: OFFER },
  decline: { type: 'agent.declined', agentId: ANNA, offerId: OFFER },
  lifted: { type: 'leg.answered', legId: PHONE, address },
  laidDown: { type: 'leg.hungUp', legId: PHONE, by: 'peer', cause: 'normal' },
  phoneLost: { type: 'leg.hungUp', legId: PHONE, by: 'system', cause: 'media-lost' },
  phoneFailed: (code: VgErrorCode) => ({ type: 'leg.failed', legId: PHONE, code }),
  accepted: { type: 'offer.accepted', offerId: OFFER, waitMs: 4_000 },
  refused: { type: 'offer.refused', offerId: OFFER, code: 'VG_OFFER_LOST' },
  lost: { type: 'offer.lost', offerId: OFFER, why: 'expired' },
  rangOut: { type: 'timer.fired', timer: ringTimer(OFFER) },
  bridged: { type: 'bridge.made' },
  filed: { type: 'agent.filed', agentId: ANNA, disposition: 'other', note: 'called back' },
  wrapUpOver: { type: 'wrapUp.over', agentId: ANNA },
  recovered: { type: 'call.recovered' },
} as const satisfies Record<string, Fact | ((value: never) => Fact)>;

/** A call brought to a phase by the shortest way. */
export const at = {
  answering: (rules?: CallRules) => new CallStory(rules),
  flow: (rules?: CallRules) => new CallStory(rules).tell(facts.answered),
  waiting: (rules?: CallRules) => at.flow(rules).tell(facts.key('0')),
  showing: (rules?: CallRules) => {
    const story = at.waiting(rules);
    return story.tell({ ...facts.offered, expiresAt: story.now + 1_000 + RING_MS });
  },
  shown: (rules?: CallRules) => at.showing(rules).tell(facts.shown),
  ringing: (rules?: CallRules) => at.shown(rules).tell(facts.accept),
  asked: (rules?: CallRules) => at.ringing(rules).tell(facts.lifted),
  joined: (rules?: CallRules) => at.asked(rules).tell(facts.accepted),
  conversation: (rules?: CallRules) => at.joined(rules).tell(facts.bridged),
  wrapUp: (rules?: CallRules) => at.conversation(rules).tell(facts.callerLeaves),
  transferring: (rules?: CallRules) => at.flow(rules).tell(facts.key('3')),
  transferred: (rules?: CallRules) => at.transferring(rules).tell({ ...facts.lifted, legId: OUTSIDE }),
  closing: (rules?: CallRules) => {
    const story = at.waiting(rules);
    for (let again = 0; again < 31; again++) story.tell({ type: 'queue.failed', code: 'VG_STORE' });
    return story;
  },
  ended: (rules?: CallRules) => at.flow(rules).tell(facts.callerLeaves),
} as const;

export const offerOf = (story: CallStory) => (story.state.activity.phase === 'waiting' ? story.state.activity.offer : null);
