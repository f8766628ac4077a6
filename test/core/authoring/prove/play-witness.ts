import { formatProblem } from '../../../../gateway/core/flow/problem.js';
import type { Violation } from '../../../../gateway/core/authoring/prove/finding.js';
import type { Move } from '../../../../gateway/core/authoring/prove/moves.js';
import { prove, type Proof, type ProveOptions } from '../../../../gateway/core/authoring/prove/prove.js';
import { recordingNow } from '../../../../gateway/core/flow/interpret.js';
import type { Flow } from '../../../../gateway/core/flow/flow-schema.js';
import { loadFlow } from '../../../../gateway/core/flow/load.js';
import { VirtualCall, type Answer } from '../../../../gateway/core/authoring/virtual-call.js';
import { readSample, sampleLibrary } from '../../../ivr-flows/sample-files.js';

export const TODAY = '2026-11-28';

export const proved = (flow: Flow, options: Partial<ProveOptions> = {}): Proof => prove(flow, { today: TODAY, ...options });

/** `rule node`, sorted. */
export const faultsOf = ({ violations }: Proof): readonly string[] => [...new Set(violations.map(({ rule, node }) => `${rule} ${node}`))].sort();

/** Plays the witness of a violation as a call, by the player of flow tests, not by the prover's own. */
export function playWitness(flow: Flow, { witness, round = [] }: Violation, rounds = 0): VirtualCall {
  if (witness === null) throw new Error('there is no witness');
  const moves = [...witness.moves, ...Array.from({ length: rounds }, () => round).flat()];
  const answers = moves.flatMap((move): Answer[] => (move.kind === 'answer' ? [{ exit: move.exit, result: move.result }] : move.kind === 'noAnswer' ? [{ exit: 'error', afterMs: 'never' }] : []));
  const call = new VirtualCall(flow, () => answers.shift() ?? { exit: 'error', afterMs: 'never' }, witness.start);
  for (const move of moves) playMove(call, move);
  return call;
}

function playMove(call: VirtualCall, move: Move): void {
  const isSaying = call.state.activity.phase === 'saying';
  switch (move.kind) {
    case 'listens':
      return listen(call);
    case 'key':
      (isSaying ? call : call.settle().wait(2_000)).press(move.key);
      return;
    case 'entry':
      call.settle().wait(2_000).press(move.keys);
      if (move.pauseMs !== null) call.wait(move.pauseMs + 100);
      return;
    case 'waits':
      call.settle().wait(move.ms + 100);
      return;
    case 'tries':
      for (let time = 0; time < move.times; time++) playMove(call, move.doing);
      return;
    case 'answer':
      call.wait(60);
      return;
    case 'noAnswer':
      call.wait(34_000);
      return;
    case 'slow':
      call.wait(1_300);
      return;
    case 'speaks':
      call.speak(move.seconds * 1_000).wait(call.nextInMs ?? 0);
      return;
    case 'saysNothing':
      call.settle().wait(move.silenceMs + 500);
      return;
    case 'notRecorded':
      call.settle().feed({ type: 'flow.recordFailed', at: call.now, recordingId: recordingNow(call.state) ?? '' });
      return;
    case 'unplayable': {
      const { activity } = call.state;
      if (activity.phase !== 'left' && activity.say !== null) call.feed({ type: 'flow.sayFailed', at: call.now, sayId: activity.say.sayId });
    }
  }
}

/** Until the words of this node are over. */
function listen(call: VirtualCall): void {
  const { node } = call;
  while (call.state.activity.phase === 'saying' && call.node === node) call.wait(call.nextInMs ?? 0);
}

/** The sample flow with pieces of its text replaced. Each must be there. */
export function brokenSample(...changes: readonly (readonly [from: string, to: string])[]): Flow {
  const text = changes.reduce((now, [from, to]) => {
    if (!now.includes(from)) throw new Error(`the sample flow has no ${from}`);
    return now.replace(from, to);
  }, readSample('flows/invoice-extension.yaml'));
  const loaded = loadFlow(text, 'flows/invoice-extension.yaml', sampleLibrary());
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return loaded.value;
}
