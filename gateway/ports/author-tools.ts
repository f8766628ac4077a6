import type { Result } from '../core/errors.js';
import type { Language } from '../core/flow/flow-types.js';
import type { Json } from '../core/ids.js';

export const TOOLS = ['check', 'test', 'prove', 'run', 'diagram'] as const;
export type Tool = (typeof TOOLS)[number];

/** What an author wants to know of the flows, as they stand in the gateway's folder or with drafts in place of some files. */
export interface ToolWish {
  readonly tool: Tool;
  /** Needed by `run` and `diagram`; the others take all flows without it. */
  readonly flow?: string | undefined;
  /** Drafts by their path in the folder (`flows/x.yaml`). Nothing is written to the folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly language?: Language | undefined;
  /** Keys that are typed in a `run`, one or more a word. */
  readonly keys?: string | undefined;
  /** The same as lines, with all else that can be typed there: `wait`, `where`, `hangup`, what is said after the beep, answers of back ends. */
  readonly typed?: readonly string[] | undefined;
  /** What back ends answer in a `run`, as a file of tests gives it; left out: as the flow's own file gives. */
  readonly doubles?: { readonly given: Readonly<Record<string, Json>>; readonly answers: Readonly<Record<string, Json>> } | undefined;
  /** The caller's number in a `run`, or `withheld`. */
  readonly from?: string | undefined;
  /** A diagram as one of the first three; a `run` as objects instead of text. */
  readonly as?: 'mermaid' | 'svg' | 'page' | 'objects' | undefined;
}

/** What the command of the same name says. */
export interface ToolReport {
  /** 0 nothing is wrong, 1 something is, 2 wrong usage. */
  readonly status: number;
  /** What `--json` prints, an object a line. */
  readonly events: readonly unknown[];
  /** What is not a line of JSON: a drawing, a page, a dialogue as text, or why it could not be had. */
  readonly text: string;
}

/** The author's commands, run beside the calls. */
export interface AuthorTools {
  /** VG_REFUSED when others are being run, VG_FAILED when the command did not end in time or printed too much. Never rejects. */
  run(wish: ToolWish): Promise<Result<ToolReport>>;
}
