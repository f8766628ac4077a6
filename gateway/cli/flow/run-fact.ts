import type { VirtualCall } from '../../core/authoring/virtual-call.js';
import type { Flow } from '../../core/flow/flow-schema.js';
import type { Language } from '../../core/flow/flow-types.js';
import type { Takes } from '../../core/flow/kinds/kind.js';
import type { Json, Millis } from '../../core/ids.js';

/** Where in the call: virtual milliseconds since its start, and the node at which the flow stands then (`left` once it is over). */
export interface InCall {
  readonly ms: number;
  readonly node: string;
}

type Values = Readonly<Record<string, Json>>;

/** What happens in the call itself, in its order. */
export type CallFact = InCall &
  (
    | { readonly event: 'said'; readonly language: Language; readonly prompts: readonly string[]; readonly text: string; readonly takesMs: number }
    /** A key stopped what was being said. */
    | { readonly event: 'cut' }
    /** The flow waits for keys, in silence. */
    | { readonly event: 'asked'; readonly takes: Takes }
    | { readonly event: 'keyed'; readonly keys: string }
    /** The beep: what follows is recorded. */
    | { readonly event: 'beeped' }
    | { readonly event: 'spoke'; readonly forMs: number }
    /** A back end is asked. */
    | { readonly event: 'called'; readonly operation: string; readonly arguments: Values }
    /** The exit that the flow takes from it: `error` also where no answer came, or one that does not fit. */
    | { readonly event: 'answered'; readonly operation: string; readonly exit: string; readonly result: Json }
    /** A receipt. */
    | { readonly event: 'sent'; readonly channel: string; readonly text: string }
    /** What else is done: opening hours looked at, a part left, a callback booked. */
    | { readonly event: 'did'; readonly did: string }
  );

/** One line of `vaxel flow run --json` between the first and the last. */
export type RunFact =
  | CallFact
  /** Whoever drives the call is to say what the back end answers: a line with one of these names, or its number. */
  | { readonly event: 'answerWanted'; readonly operation: string; readonly choices: readonly { readonly name: string; readonly result: Json }[] }
  | { readonly event: 'stands'; readonly node: string; readonly vars: Values }
  | { readonly event: 'notUnderstood'; readonly typed: string; readonly expected: string };

/** What is to be played. */
export interface RunBeginning {
  readonly flow: Flow;
  readonly start: { readonly ani: string | null; readonly dnis: string; readonly language: Language };
  /** Who answers for the back ends: `real`, `asked` (whoever drives the call), or the name of a test file. */
  readonly answers: string;
}

/** What was played. */
export interface RunOutcome {
  readonly flow: Flow;
  readonly call: VirtualCall;
  readonly hasHungUp: boolean;
  /** Epoch ms. */
  readonly startedAt: Millis;
}

/** Tells of a run, to a person or to a program. */
export interface RunTeller {
  began(run: RunBeginning): void;
  tell(fact: RunFact): void;
  ended(run: RunOutcome): void;
}
