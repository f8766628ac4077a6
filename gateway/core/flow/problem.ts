/** Something wrong in a file that an author wrote, with the place and the way out. */
export interface Problem {
  readonly file: string;
  /** 1-based; 0 = the file as a whole. */
  readonly line: number;
  readonly column: number;
  /** The flow node concerned, or null. */
  readonly node: string | null;
  readonly what: string;
  readonly fix: string;
}

/** A way through a parsed value: keys and places in lists. */
export type Path = readonly (string | number)[];

/** The same, found by path in the parsed value; the loader knows which line that is. */
export interface Finding {
  readonly path: Path;
  readonly what: string;
  readonly fix: string;
}

/** One line: `flows/x.yaml:12:5 node "menu": digit 3 leads to "sales", which does not exist. Fix: …` */
export function formatProblem(problem: Problem): string {
  const node = problem.node === null ? '' : ` node "${problem.node}"`;
  return `${problem.file}:${problem.line}:${problem.column}${node}: ${problem.what}. Fix: ${problem.fix}`;
}
