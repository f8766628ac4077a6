/** How well the estimates of waits came true, over callers who waited to the end. */
export interface Calibration {
  /** All of them. */
  readonly pairs: number;
  /** Root of the mean squared error, as a share of the mean wait. 0.3 is as good as long queues allow. */
  readonly relRmse: number;
  /** Mean error as a share of the mean wait: 0.1 = estimates are 10 % too long. */
  readonly bias: number;
}

export interface EstimatePair {
  readonly estimateMs: number;
  readonly actualMs: number;
}

const ENOUGH_PAIRS = 30;
/** Ranges that are said span about a factor of two; an error beyond this would miss them as often as not. */
const MAX_REL_RMSE = 0.6;
const MAX_BIAS = 0.2;

/** Sums up pairs of estimate and outcome, one by one. */
export class CalibrationSum {
  private pairs = 0;
  /** As the sums below: what is older weighs less. */
  private weight = 0;
  private actualMs = 0;
  private errorMs = 0;
  private squaredError = 0;

  /** Error and bias are those of about the last `memory` pairs. */
  constructor(private readonly memory = Number.POSITIVE_INFINITY) {}

  add({ estimateMs, actualMs }: EstimatePair): void {
    const kept = 1 - 1 / this.memory;
    this.pairs += 1;
    this.weight = kept * this.weight + 1;
    this.actualMs = kept * this.actualMs + actualMs;
    this.errorMs = kept * this.errorMs + estimateMs - actualMs;
    this.squaredError = kept * this.squaredError + (estimateMs - actualMs) ** 2;
  }

  /** relRmse and bias are Infinity and NaN where nothing or nobody who waited was added. */
  get result(): Calibration {
    return { pairs: this.pairs, relRmse: Math.sqrt(this.squaredError * this.weight) / this.actualMs, bias: this.errorMs / this.actualMs };
  }
}

/** Whether an estimate may be told to callers: enough of them came true, closely enough, and not in the mean too long or too short. */
export function isTrustworthy({ pairs, relRmse, bias }: Calibration): boolean {
  return pairs >= ENOUGH_PAIRS && relRmse <= MAX_REL_RMSE && Math.abs(bias) <= MAX_BIAS;
}
