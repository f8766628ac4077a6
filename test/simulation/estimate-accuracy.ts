import { CalibrationSum, type Calibration } from '../../gateway/core/acd/calibration.js';
import { WaitEstimator } from '../../gateway/core/acd/wait-estimator.js';
import { runScenario } from './run-scenario.js';
import type { Scenario } from './scenario.js';

export interface Accuracy {
  readonly estimator: Calibration;
  /** The wait of the last caller of the same type and band who was answered: what a house without a model would tell. */
  readonly lastServed: Calibration;
}

/** Estimates at arrival against what came true, over callers who waited and were answered, after the first `warmUp`. */
export async function accuracyOf(url: string, scenario: Scenario, warmUp: number): Promise<Accuracy> {
  const estimator = new WaitEstimator();
  const [ours, theirs] = [new CalibrationSum(), new CalibrationSum()];
  const lastWaits = new Map<string, number>();
  const told = new Map<string, { readonly line: string; readonly estimateMs: number | undefined; readonly lastMs: number | undefined }>();
  await runScenario(url, scenario, (fact) => {
    estimator.observe(fact);
    // Nobody listens to how long a callback has to wait.
    if (fact.type === 'call.arrived' && !fact.isReturning) {
      const line = `${fact.queue} ${fact.band}`;
      told.set(fact.callId, { line, estimateMs: estimator.estimateOf(fact.callId, fact.at)?.waitMs, lastMs: lastWaits.get(line) });
    }
    if (fact.type === 'call.abandoned') told.delete(fact.callId);
    if (fact.type !== 'call.answered') return;
    const at = told.get(fact.callId);
    told.delete(fact.callId);
    if (at === undefined) return;
    lastWaits.set(at.line, fact.waitMs);
    const { estimateMs, lastMs } = at;
    if (fact.waitMs === 0 || estimateMs === undefined || lastMs === undefined || Number(fact.callId.slice(1)) <= warmUp) return;
    ours.add({ estimateMs, actualMs: fact.waitMs });
    theirs.add({ estimateMs: lastMs, actualMs: fact.waitMs });
  });
  return { estimator: ours.result, lastServed: theirs.result };
}
