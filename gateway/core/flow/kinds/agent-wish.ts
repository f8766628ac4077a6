import type { AgentWish } from '../../acd/queue-types.js';
import { brand, type AgentId } from '../../ids.js';
import type { NodeOf } from '../node-schema.js';
import type { FlowLibrary } from '../library.js';
import type { Finding } from '../problem.js';
import type { Turn } from '../turn.js';
import { resolve } from '../variables.js';
import type { Use } from './kind.js';

type Wishing = Pick<NodeOf<'queue'>, 'agent' | 'agentForSeconds'>;

/** Whoever spoke to the customer last. */
export const LAST_AGENT = 'last';
/** How long an agent is waited for where the flow does not say. */
export const WISH_SECONDS = 30;

export const usesOfWish = ({ agent }: Wishing): readonly Use[] => (agent === undefined ? [] : [{ what: 'value', written: agent, path: ['agent'], shownAs: 'the agent' }]);

/** An agent who does not exist or takes no calls, and a time without an agent. */
export function faultsOfWish({ agent, agentForSeconds }: Wishing, { agents }: FlowLibrary): readonly Finding[] {
  if (agent === undefined) return agentForSeconds === undefined ? [] : [{ path: ['agentForSeconds'], what: 'no agent is waited for', fix: 'add `agent:`, or remove this' }];
  if (agent === LAST_AGENT || agent.startsWith('$') || agents === undefined || agents.has(agent)) return [];
  return [{ path: ['agent'], what: `there is no agent "${agent}" who takes calls`, fix: `use ${[LAST_AGENT, 'a variable such as $case.owner', ...(agents.size === 0 ? [] : [`or one of ${[...agents].slice(0, 20).join(', ')}`])].join(', ')}` }];
}

/** The wish as the queue takes it. A variable that holds no agent's id is no wish: the caller still reaches a person. */
export function wishOf({ state }: Turn, { agent, agentForSeconds = WISH_SECONDS }: Wishing): { readonly agent?: AgentWish } {
  const forMs = agentForSeconds * 1_000;
  if (agent === undefined) return {};
  if (agent === LAST_AGENT) return { agent: { agentId: null, forMs } };
  const named = resolve(state, agent);
  return typeof named === 'string' && named !== '' ? { agent: { agentId: brand<AgentId>(named), forMs } } : {};
}
