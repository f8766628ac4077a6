import type { SkillChange } from '../core/acd/set-agent-skills.js';
import type { Result } from '../core/errors.js';
import type { Loaded } from '../core/flow/load.js';

/**
 * The folder of authors, in which the contact centre's file may be replaced by another text. `C`: what it is read into. What takes long in
 * a large house is done beside the calls of this process.
 */
export interface CentreFolder<C> {
  /** The text of the file as it stands now; null when there is none. */
  file(): string | null;
  /** Reads the whole folder with that text as the contact centre (null: the file), and changes nothing. */
  check(text: string | null): Promise<Loaded<C>>;
  /** See `setAgentSkills`. */
  withSkills(text: string, agent: string, change: SkillChange): Promise<Result<string>>;
  /** See `centreChanges`. */
  changes(before: string, after: string): Promise<readonly string[]>;
}
