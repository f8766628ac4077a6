import type { Flow } from '../../flow/flow-schema.js';
import type { FlowState } from '../../flow/flow-state.js';
import { kindOf } from '../../flow/kinds/kinds.js';
import { renderTemplate } from '../../flow/template.js';
import { lookUp } from '../../flow/variables.js';
import { flowsOf, type Violation } from './finding.js';
import { replay } from './moves.js';
import { witnessOf, type Graph } from './graph.js';

/** Steps that broke as a value was not there. */
export function judgeValues({ spots }: Graph, root: Flow): readonly Violation[] {
  const seen = new Set<string>();
  return spots.flatMap(({ broke }, index): readonly Violation[] => {
    if (broke === null) return [];
    const name = `${broke.flow}.${broke.node} ${broke.why}`;
    if (seen.has(name)) return [];
    seen.add(name);
    const witness = witnessOf(spots, index);
    const flow = flowsOf(root).find(({ id }) => id === broke.flow) ?? root;
    const state = replay(root, witness)?.state;
    return [{ rule: 'values', flow: broke.flow, node: broke.node, ...told(flow, { ...broke, state }), witness }];
  });
}

const SET_BEFORE = 'set it before on every way that leads here, or ask with `isSet` and lead elsewhere';

function told(flow: Flow, { node: id, why, state }: { readonly node: string; readonly why: string; readonly state: FlowState | undefined }): Pick<Violation, 'what' | 'fix'> {
  const node = flow.nodes.get(id);
  const argument = / lacks (\w+)$/.exec(why)?.[1];
  if (node !== undefined && 'with' in node && argument !== undefined && node.with[argument] !== undefined) {
    return { what: `${why}: it is taken from ${String(node.with[argument])}, which is not set on this way`, fix: SET_BEFORE };
  }
  const inReceipt = /^receipt lacks (.+)$/.exec(why)?.[1];
  if (inReceipt !== undefined) return { what: `the receipt says {{${inReceipt}}}, which is not set on this way, so that none is sent`, fix: 'say in the receipt only what is set here: what the caller keyed, and what comes with the answer' };
  const missing = why === 'prompt lacks a value' && node !== undefined && state !== undefined ? missingIn(flow, kindOf(node).uses(node).flatMap((use) => (use.what === 'prompt' ? [use.id] : [])), state) : null;
  if (missing !== null) return missing;
  return { what: `the step cannot be done: ${why}`, fix: SET_BEFORE };
}

/** The first prompt of these that cannot be said, and why. */
export function missingIn(flow: Flow, prompts: readonly string[], state: FlowState): Pick<Violation, 'what' | 'fix'> | null {
  for (const id of prompts) {
    const prompt = flow.prompts.get(id);
    const language = prompt?.offers ?? state.language;
    const text = prompt?.[language];
    if (text === undefined) return { what: `the prompt "${id}" has no text in ${language}`, fix: `add \`${language}:\`` };
    const rendered = renderTemplate(text, { language, context: 'speech', lookUp: (path) => lookUp(state, path) });
    if (!rendered.ok) return { what: `the prompt "${id}" says {{${rendered.missing}}}, which is not set on this way`, fix: SET_BEFORE };
  }
  return null;
}
