import { machineSpeed } from './machine-anchor.js';

export interface Search {
  /** First amount tried. */
  readonly from: number;
  readonly atMost: number;
  /** Ends when the amounts around the limit are closer than this factor, */
  readonly closeness: number;
  /** or when so much time is used up, ms. */
  readonly budgetMs: number;
}

export interface Highest {
  /** Highest amount that went well; 0 when none did. */
  readonly amount: number;
  /** Each amount tried and what was wrong with it. */
  readonly tried: readonly string[];
  /** Speed of the idle machine before each try. */
  readonly machine: readonly number[];
}

const STEP = 1.7;

/**
 * Looks for the highest amount that goes well: up in steps, then between. An amount is too high when it fails twice.
 * @param attempt says what was wrong, null when all went well
 */
export async function highest(search: Search, attempt: (amount: number) => Promise<string | null>): Promise<Highest> {
  const until = performance.now() + search.budgetMs;
  const tried: string[] = [];
  const machine: number[] = [];
  const goesWell = async (amount: number): Promise<boolean> => {
    for (let again = 0; again < 2; again += 1) {
      machine.push(machineSpeed());
      const wrong = await attempt(amount);
      tried.push(`${amount}: ${wrong ?? 'well'}`);
      if (wrong === null) return true;
      if (performance.now() > until) return false;
    }
    return false;
  };
  let well = 0;
  let tooHigh = Infinity;
  let next = search.from;
  while (performance.now() < until && tooHigh > Math.max(well, 1) * search.closeness && well < search.atMost) {
    const amount = Math.max(1, Math.round(next));
    if (await goesWell(amount)) well = amount;
    else tooHigh = amount;
    next = following(well, tooHigh, search.atMost);
  }
  return { amount: well, tried, machine };
}

function following(well: number, tooHigh: number, atMost: number): number {
  if (tooHigh === Infinity) return Math.min(atMost, well * STEP);
  return well === 0 ? tooHigh / STEP : Math.sqrt(well * tooHigh);
}
