import type { FlowState } from '../../flow/flow-state.js';
import type { Spot } from './graph.js';

/** Notes that the interpreter makes on the caller's way when a step cannot be done. */
export const BREAKS = / lacks |is missing or of the wrong type|is gone|no match where nothing|has no exit/;

/** The step that broke on the way from one state to the next. */
export function brokenBy(state: FlowState, before: FlowState | null, root: string): Spot['broke'] {
  const { path } = state;
  for (let at = before?.path.length ?? 0; at < path.length; at++) {
    const noted = path[at];
    if (noted?.did !== undefined && BREAKS.test(noted.did)) return { node: noted.node, flow: state.inFlow ?? root, why: noted.did };
  }
  return null;
}
