import type { Flow } from '../../flow/flow-schema.js';
import type { FlowState } from '../../flow/flow-state.js';
import { kindOf } from '../../flow/kinds/kinds.js';
import type { Again } from '../../flow/kinds/kind.js';
import { parseTemplate } from '../../flow/template.js';
import { play, triesOf, type Doing, type Move, type Place } from './moves.js';

export type Tries = Extract<Move, { kind: 'tries' }>;
type Asking = Extract<FlowState['activity'], { phase: 'asking' }>;

/**
 * Tries in vain, up to the last one, after which the question is asked no more. What is said before the next try is played once in each
 * language (`Languages`); where nothing can be lacking in it, all tries but the last are only counted.
 */
export class Retries {
  /** Which prompts go before the question when it is asked again, and how often it is; null: they say values, which can be lacking. */
  private readonly known = new Map<string, Again | null>();

  constructor(private readonly around: { readonly root: Flow; readonly flows: ReadonlyMap<string, Flow>; readonly isPlain: boolean }) {}

  /** The same thing done until the question is asked no more; one try when it is the last, or when nobody asks again. */
  of(flow: Flow, from: Place, doing: Doing): Doing | Tries {
    const times = this.left(from.state, doing) ?? triesOf(flow, from, doing);
    return times === null || times === 1 ? doing : { kind: 'tries', doing, times };
  }

  play(flow: Flow, from: Place, move: Move): Place | null {
    const { activity } = from.state;
    if (move.kind !== 'tries' || activity.phase !== 'asking' || this.left(from.state, move.doing) !== move.times) return play(flow, from, move);
    return play(flow, { state: { ...from.state, activity: after(activity, move) }, at: from.at }, move.doing);
  }

  /** How many tries are left, as far as it can be told without playing them. */
  private left({ activity, inFlow, ...state }: FlowState, doing: Doing): number | null {
    if (activity.phase !== 'asking' || this.around.isPlain) return null;
    const isSilent = doing.kind === 'waits';
    const key = `${inFlow ?? ''}.${activity.node} ${state.progress[activity.node] ?? 0} ${isSilent ? 'noInput' : 'noMatch'}`;
    let again = this.known.get(key);
    if (again === undefined) this.known.set(key, (again = this.againAt({ ...state, activity, inFlow }, activity, isSilent ? 'noInput' : 'noMatch')));
    return again === null ? null : Math.max(1, again.retries - (isSilent ? activity.noInputs : activity.noMatches) + 1);
  }

  private againAt(state: FlowState, { node: id }: Asking, why: 'noInput' | 'noMatch'): Again | null {
    const { root, flows } = this.around;
    const flow = flows.get(state.inFlow ?? root.id);
    const node = flow?.nodes.get(id);
    const kind = node === undefined ? undefined : kindOf(node);
    if (flow === undefined || node === undefined || (kind?.role !== 'asks' && kind?.role !== 'records')) return null;
    const again = kind.question({ flow, root, at: 0, state, effects: [], witness: null }, { id, node })[why];
    return (again.prompt ?? []).every((prompt) => isWordsOnly(flow, prompt)) ? again : null;
  }
}

const after = (activity: Asking, { doing, times }: Tries): Asking => (doing.kind === 'waits' ? { ...activity, noInputs: activity.noInputs + times - 1 } : { ...activity, noMatches: activity.noMatches + times - 1 });

/** Whether it can always be said: in every language, without any value. */
function isWordsOnly(flow: Flow, id: string): boolean {
  const prompt = flow.prompts.get(id);
  return prompt !== undefined && flow.languages.every((language) => prompt[language] !== undefined && parseTemplate(prompt[language]).parts.every((part) => typeof part === 'string'));
}
