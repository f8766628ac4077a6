import { CALLBACK_DEFAULTS } from '../core/acd/callback-config.js';
import type { CallRules } from '../core/call/call-rules.js';
import type { CallState } from '../core/call/call-state.js';
import type { Language } from '../core/flow/flow-types.js';
import type { Millis, QueueId } from '../core/ids.js';
import { announce } from './announcements.js';
import type { Centre, Flows } from './centre.js';

/**
 * What a call may look up while it decides; null when there is no version of its flow. The flow, its language and what was wrong as the
 * caller came stay; all else is as the contact centre says at the moment at which it is asked.
 */
export function callRulesFor({ flows, centre }: { readonly flows: Flows; readonly centre: Centre }, state: CallState): CallRules | null {
  const flow = flows.version(state.flowId, state.flowVersion) ?? flows.choose(state.flowId, state)?.flow ?? null;
  if (flow === null) return null;
  const number = () => centre.number(state.dnis);
  // A number whose last resort is not a prompt has no words of its own.
  const own = (language: Language) => number()?.lastWords(language) ?? [];
  return {
    flow,
    language: number()?.language ?? 'sv',
    incidents: centre.incidents(),
    announce: (what, language) => (what.key === 'sorry.tryLater' && own(language).length > 0 ? own(language) : announce(what, language, (id) => centre.prompt(id, language))),
    get maxWaitMs() {
      return centre.maxWaitMs();
    },
    queueWords: (queue) => {
      const { welcome, position, wait, comfort } = centre.queue(queue)?.announce ?? { position: true, wait: true };
      return { welcome: welcome ?? null, position, wait, comfort: comfort === undefined ? null : { everyMs: comfort.everySeconds * 1_000, prompts: comfort.prompts } };
    },
    overflowAfterMs: (queue) => {
      const rule = centre.queue(queue)?.overflow.wait;
      return rule === undefined ? null : rule.overSeconds * 1_000;
    },
    callback: (queue) => centre.queue(queue)?.callback ?? CALLBACK_DEFAULTS,
    mayRing: (queue, at) => mayRing(centre, queue, at),
    get lastResortTarget() {
      return number()?.lastResortTarget ?? null;
    },
    answerMode: (agentId) => centre.agent(agentId)?.phone?.answer ?? 'phone',
  };
}

/** Whether the queue's callbacks may be made at that time. */
export function mayRing(centre: Pick<Centre, 'queue' | 'isOpen'>, queue: QueueId, at: Millis): boolean {
  const hours = centre.queue(queue)?.callback.hours ?? null;
  return hours === null || centre.isOpen(hours, at);
}
