import { assertNever } from '../errors.js';
import { brand, type QueueId } from '../ids.js';
import type { NodeOf } from './flow-schema.js';
import type { FlowActivity } from './flow-state.js';
import { renderTemplate } from './template.js';
import { cut, currentNode, fail, hush, isOnErrorWay, keepForLater, leave, mustBeHeard, noteHeard, notePath, speak, wordsOf, wording, type Next, type Turn } from './turn.js';
import { lookUp } from './variables.js';

type Saying = Extract<FlowActivity, { phase: 'saying' }>;
/** Nodes that say something and then go on by themselves. */
export type SpeakingNode = NodeOf<'say' | 'queue' | 'transfer' | 'hangup'>;

/** Enters a say, queue, transfer or hangup node. */
export function arriveSaying(turn: Turn, id: string, node: SpeakingNode): Next {
  const exit = node.do === 'say' ? anywhereAhead(turn, id) : null;
  let parts = wordsOf(turn, node.prompt ?? []);
  if (parts === null && !isOnErrorWay(turn)) return failAt(turn, id);
  parts ??= [];
  if (exit !== null || (node.do === 'say' && turn.state.isHurrying)) parts = parts.filter((part) => !part.hasBargeIn);
  if (node.do !== 'say') turn.state.isHurrying = false;
  const said = wording(parts);
  if (said !== '' || node.do !== 'say') notePath(turn, { node: id, ...(said === '' ? {} : { said }), ...doneBy(node) });
  const say = speak(turn, parts);
  if (say === null) return exit === null ? afterWords(turn, node) : takeAnywhere(turn, exit);
  turn.state.activity = { phase: 'saying', node: id, say };
  return null;
}

function failAt(turn: Turn, id: string): Next {
  notePath(turn, { node: id });
  return fail(turn, 'prompt lacks a value');
}

const doneBy = (node: SpeakingNode): { did?: string } => {
  if (node.do === 'queue') return { did: `queue ${node.queue}` };
  return node.do === 'transfer' ? { did: 'transfer' } : {};
};

/** A key during a say node: `anywhere` keys lead out, others stop the words and wait for whoever asks. */
export function digitWhileSaying(turn: Turn, activity: Saying, digit: string): Next {
  const node = currentNode(turn);
  noteHeard(turn);
  const target = turn.state.buffer === '' ? turn.flow.anywhere.get(digit) : undefined;
  const isMandatory = mustBeHeard(activity.say);
  // On the very node the key leads to, it only hurries the words along.
  const leadsAway = target !== undefined && target !== activity.node;
  if (leadsAway && !isMandatory) {
    hush(turn, activity.say);
    return takeAnywhere(turn, target);
  }
  if (target === undefined || leadsAway) keepForLater(turn, digit);
  const say = cut(turn, activity.say);
  if (node?.do === 'say') turn.state.isHurrying = true;
  if (say !== null) {
    turn.state.activity = { ...activity, say };
    return null;
  }
  return node === null || !isSpeaking(node) ? fail(turn, 'node is gone') : afterWords(turn, node);
}

/** The words were heard. */
export function saidWhileSaying(turn: Turn, activity: Saying): Next {
  noteHeard(turn);
  return afterPart(turn, activity);
}

/** The words are over, heard or not: the next part, or on. */
export function afterPart(turn: Turn, activity: Saying): Next {
  const say = speak(turn, activity.say.rest);
  if (say !== null) {
    turn.state.activity = { ...activity, say };
    return null;
  }
  const node = currentNode(turn);
  if (node === null || !isSpeaking(node)) return fail(turn, 'node is gone');
  const exit = node.do === 'say' ? anywhereAhead(turn, activity.node) : null;
  return exit === null ? afterWords(turn, node) : takeAnywhere(turn, exit);
}

export const isSpeaking = (node: { readonly do: string }): node is SpeakingNode => ['say', 'queue', 'transfer', 'hangup'].includes(node.do);

/** Where the first kept key leads out to, if it does. */
function anywhereAhead(turn: Turn, id: string): string | null {
  const target = turn.flow.anywhere.get(turn.state.buffer.slice(0, 1));
  return target === undefined || target === id ? null : target;
}

/** Leaves the step by an `anywhere` key; what was keyed ahead was meant for other steps. */
export function takeAnywhere(turn: Turn, target: string): Next {
  turn.state.buffer = '';
  turn.state.isHurrying = false;
  return target;
}

function afterWords(turn: Turn, node: SpeakingNode): Next {
  switch (node.do) {
    case 'say':
      return node.next;
    case 'hangup':
      // A caller for whom the flow broke is not hung up on without a word.
      if (turn.state.errorWay === 'unheard') return leave(turn, { kind: 'broken' });
      return leave(turn, { kind: 'hangup', outcome: node.outcome ?? (turn.state.isSolved ? 'solved' : 'told') });
    case 'transfer': {
      const target = plain(turn, node.to);
      return target === null ? fail(turn, 'transfer target lacks a value') : leave(turn, { kind: 'transfer', target });
    }
    case 'queue': {
      const needs = node.needs.map(({ skill, minLevel }) => ({ skill: plain(turn, skill) ?? '', minLevel })).filter(({ skill }) => skill !== '');
      return leave(turn, { kind: 'queue', queue: brand<QueueId>(node.queue), needs, band: node.band, reason: turn.state.statedReason });
    }
    default:
      return assertNever(node, 'afterWords');
  }
}

function plain(turn: Turn, template: string): string | null {
  const { state } = turn;
  const rendered = renderTemplate(template, { language: state.language, context: 'plain', lookUp: (path) => lookUp(state, path) });
  return rendered.ok ? rendered.text : null;
}
