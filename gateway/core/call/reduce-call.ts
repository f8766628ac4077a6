import { assertNever } from '../errors.js';
import type { CallEvent, CallerArrived } from './call-events.js';
import type { CallRules } from './call-rules.js';
import type { EndReason } from './end-reason.js';
import { SNAPSHOT_VERSION, type Activity, type CallState } from './call-state.js';
import { bookCallback } from './callback.js';
import { reduceCalling } from './calling.js';
import { reduceClosing } from './closing.js';
import { reduceConversation } from './conversation.js';
import { answered, reduceFlowActivity } from './flow-activity.js';
import { reduceKeeping } from './keeping.js';
import { reduceLegs } from './leg.js';
import { finish } from './finish.js';
import { reduceResting } from './resting.js';
import { dropLeft } from './out-of-queue.js';
import { ignore, step, type CallStep } from './step.js';
import { reduceTransferred, reduceTransferring } from './transfer.js';
import { reduceWaiting } from './waiting.js';
import { reduceWrapUp } from './wrap-up.js';

type Answering = Extract<Activity, { phase: 'answering' }>;

/** The state of a call whose INVITE was just accepted for service, and the order to answer it. */
export function openCall(event: CallerArrived): CallStep {
  const state: CallState = {
    snapshot: SNAPSHOT_VERSION,
    callId: event.callId,
    node: event.node,
    takeovers: 0,
    version: 1,
    sipCallId: event.sipCallId,
    ani: event.ani,
    dnis: event.dnis,
    arrivedAt: event.at,
    flowId: event.flowId,
    flowVersion: event.flowVersion,
    flow: null,
    callerLeg: { phase: 'arriving', legId: event.legId, ...(event.arrival === undefined ? {} : { arrival: event.arrival }) },
    agentLeg: null,
    activity: { phase: 'answering', keys: '' },
    figures: { answeredAt: null, waitMs: 0, talkMs: 0, agentId: null, offers: 0 },
    offersSeen: [],
    queuedIn: null,
    announcing: null,
  };
  return step(state, { type: 'leg.answer', legId: event.legId });
}

/**
 * The call reducer: legs are folded first, then the event goes to the activity the call is in. Total: what an activity does not
 * know is a late or repeated fact and changes nothing but the version.
 */
export function reduceCall(rules: CallRules, before: CallState, event: CallEvent): CallStep {
  const activity = reduceActivity(rules, before, event);
  const reduced = step(activity.state, ...dropLeft(before, event), ...activity.effects);
  const { booked } = before;
  // The dead process may not have come to it.
  return event.type === 'call.recovered' && booked !== undefined ? bookCallback(reduced.state, booked, reduced.effects) : reduced;
}

function reduceActivity(rules: CallRules, before: CallState, event: CallEvent): CallStep {
  const state = reduceLegs({ ...before, version: before.version + 1 }, event);
  const { activity } = state;
  switch (activity.phase) {
    case 'answering':
      return reduceAnswering(rules, { state, activity }, event);
    case 'flow':
      return reduceFlowActivity(rules, state, event);
    case 'keeping':
      return reduceKeeping(rules, { state, activity }, event);
    case 'waiting':
      return reduceWaiting(rules, { state, activity }, event);
    case 'conversation':
      return reduceConversation(rules, { state, activity }, event);
    case 'calling':
      return reduceCalling(rules, { state, activity }, event);
    case 'resting':
      return reduceResting(rules, { state, activity }, event);
    case 'transferring':
      return reduceTransferring(rules, { state, activity }, event);
    case 'transferred':
      return reduceTransferred(rules, { state, activity }, event);
    case 'closing':
      return reduceClosing(rules, { state, activity }, event);
    case 'wrapUp':
      return reduceWrapUp({ state, activity }, event);
    case 'ended':
      return ignore(state);
    default:
      return assertNever(activity, 'reduceCall');
  }
}

const MAX_EARLY_KEYS = 32;
const GATEWAY_LOST: EndReason = { result: 'serverError', reason: 'gateway-lost' };

function reduceAnswering(rules: CallRules, now: { readonly state: CallState; readonly activity: Answering }, event: CallEvent): CallStep {
  const { state, activity } = now;
  const isCaller = 'legId' in event && event.legId === state.callerLeg.legId;
  if (event.type === 'leg.answered' && isCaller) return answered(rules, state, { at: event.at, keys: activity.keys });
  if (event.type === 'digit.pressed' && isCaller) {
    return step({ ...state, activity: { ...activity, keys: (activity.keys + event.digit).slice(0, MAX_EARLY_KEYS) } });
  }
  if (event.type === 'leg.hungUp' && isCaller) return finish(state, event.by === 'peer' ? { result: 'abandoned', reason: 'caller-hung-up' } : GATEWAY_LOST);
  if (event.type === 'leg.failed' && isCaller) {
    const isMedia = event.code === 'VG_MEDIA';
    return finish(state, isMedia ? { result: 'serverError', reason: 'no-media' } : { result: 'abandoned', reason: 'caller-hung-up' });
  }
  if (event.type === 'call.recovered') return recovered(state);
  return ignore(state);
}

/** The process that was answering died. The caller, who hears the ring go on, is answered from here. */
function recovered(state: CallState): CallStep {
  const { callerLeg } = state;
  const isOpen = callerLeg.phase === 'arriving' && callerLeg.arrival !== undefined;
  return isOpen ? step(state, { type: 'leg.answer', legId: callerLeg.legId }) : finish(state, GATEWAY_LOST);
}
