/** One line of `npm run bench -- --json`. A ratio compares two measures of the same run; a value stands alone. */
export interface BenchResult {
  readonly name: string;
  readonly ratio?: number;
  readonly value?: number;
  readonly unit: string;
  /** What it should be, such as `>= 0.40`. */
  readonly goal: string;
  /** How it was measured, and what makes the figure doubtful. */
  readonly detail: Readonly<Record<string, unknown>>;
}
