import type { FlowActivity } from './flow-state.js';
import type { Placed, Speaking } from './kinds/kind.js';
import { kindOf } from './kinds/kinds.js';
import { visitKey } from './variables.js';
import { currentNode, cut, fail, hush, isOnErrorWay, keepForLater, mustBeHeard, noteHeard, notePath, speak, standingAt, takeAnywhere, wordsOf, wording, type Next, type Turn } from './turn.js';

type Saying = Extract<FlowActivity, { phase: 'saying' }>;

/** Enters a node that says something and then goes on by itself or leaves the flow. */
export function arriveSaying(turn: Turn, at: Placed, kind: Speaking): Next {
  const exit = kind.isEnd ? null : anywhereAhead(turn, at.id);
  let parts = wordsOf(turn, kind.prompts(at.node));
  if (parts === null && !isOnErrorWay(turn)) return fail(turn, 'prompt lacks a value', at.id);
  parts = [...(parts ?? []), ...(kind.words?.(turn, at) ?? [])];
  if (exit !== null || (!kind.isEnd && turn.state.isHurrying)) parts = parts.filter((part) => !part.hasBargeIn);
  if (kind.isEnd) turn.state.isHurrying = false;
  const said = wording(parts);
  const did = kind.did?.(at.node);
  if (said !== '' || kind.isEnd) notePath(turn, { node: at.id, ...(said === '' ? {} : { said }), ...(did === undefined ? {} : { did }) });
  const say = speak(turn, parts);
  if (say === null) return exit === null ? kind.afterWords(turn, at) : takeAhead(turn, { id: at.id, out: 'before' }, exit);
  turn.state.activity = { phase: 'saying', node: at.id, say };
  return null;
}

/** A key meanwhile: `anywhere` keys lead out, others stop the words and wait for whoever asks. */
export function digitWhileSaying(turn: Turn, activity: Saying, digit: string): Next {
  const speaking = speakingAt(turn, activity);
  noteHeard(turn);
  const target = turn.state.buffer === '' ? turn.flow.anywhere.get(digit) : undefined;
  // On the very node the key leads to, it only hurries the words along.
  const leadsAway = target !== undefined && target !== activity.node;
  if (leadsAway && !mustBeHeard(activity.say)) {
    hush(turn, activity.say);
    turn.witness?.keyed(standingAt(turn.state), { digit, isFirst: true, isSecret: false, out: 'during' });
    return takeAnywhere(turn, target);
  }
  if (target === undefined || leadsAway) keepForLater(turn, digit);
  const say = cut(turn, activity.say);
  if (speaking !== null && !speaking.kind.isEnd) turn.state.isHurrying = true;
  if (say !== null) {
    turn.state.activity = { ...activity, say };
    return null;
  }
  return speaking === null ? fail(turn, 'node is gone') : speaking.kind.afterWords(turn, speaking.at);
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
  const speaking = speakingAt(turn, activity);
  if (speaking === null) return fail(turn, 'node is gone');
  const exit = speaking.kind.isEnd ? null : anywhereAhead(turn, activity.node);
  return exit === null ? speaking.kind.afterWords(turn, speaking.at) : takeAhead(turn, { id: activity.node, out: 'during' }, exit);
}

function speakingAt(turn: Turn, activity: Saying): { readonly kind: Speaking; readonly at: Placed } | null {
  const node = currentNode(turn);
  const kind = node === null ? null : kindOf(node);
  return node === null || kind?.role !== 'speaks' ? null : { kind, at: { id: activity.node, node } };
}

/** Where the first kept key leads out to, if it does. */
function anywhereAhead(turn: Turn, id: string): string | null {
  const target = turn.flow.anywhere.get(turn.state.buffer.slice(0, 1));
  return target === undefined || target === id ? null : target;
}

/** The first kept key leads out. */
function takeAhead(turn: Turn, { id, out }: { readonly id: string; readonly out: 'before' | 'during' }, target: string): Next {
  turn.witness?.keyed(visitKey(turn.state, id), { digit: turn.state.buffer.slice(0, 1), isFirst: true, isSecret: false, out });
  return takeAnywhere(turn, target);
}
