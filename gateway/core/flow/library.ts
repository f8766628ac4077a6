import type { Dialling } from './dialling.js';
import type { Flow } from './flow-schema.js';
import type { OpeningHours } from './opening-hours.js';
import type { Prompt } from './prompt-schema.js';

/** What a flow may refer to outside its own file. What is left out is not checked. */
export interface FlowLibrary {
  readonly prompts?: ReadonlyMap<string, Prompt>;
  /** Some file of shared prompts has faults of its own: who says what may stand there is not blamed. */
  readonly lacksPrompts?: boolean;
  /** Operations of the connector files: the exits that they can come back with, the arguments that they need, and the fields of an `ok`. */
  readonly operations?: ReadonlyMap<string, { readonly exits: readonly string[]; readonly arguments: readonly string[]; readonly fields?: readonly string[] }>;
  readonly queues?: ReadonlySet<string>;
  /** Those of them that an agent who takes calls serves. */
  readonly queuesForCalls?: ReadonlySet<string>;
  /** What callers may need. */
  readonly skills?: ReadonlySet<string>;
  /** Agents who take calls. */
  readonly agents?: ReadonlySet<string>;
  /** Flows that may be parts of this one, loaded. */
  readonly flows?: ReadonlyMap<string, Flow>;
  /** Flows that exist and have faults of their own: who has them as parts is not blamed. */
  readonly faulty?: ReadonlySet<string>;
  readonly hours?: ReadonlyMap<string, OpeningHours>;
  /** Which numbers callers may have dialled. */
  readonly dialling?: Dialling;
}
