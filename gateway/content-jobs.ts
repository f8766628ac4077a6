import { loadContent, type Content } from './content.js';
import { centreChanges } from './core/acd/centre-changes.js';
import { setAgentSkills, type SkillChange } from './core/acd/set-agent-skills.js';
import type { Result } from './core/errors.js';
import type { Loaded } from './core/flow/load.js';

/** What is asked about authors' files while calls go on. In a large house each of them takes tenths of a second. */
export interface ContentJobs {
  /** The whole folder, with that text as the contact centre (null: its file). */
  check(centre: string | null): Loaded<Content>;
  /** See `setAgentSkills`. */
  withSkills(text: string, agent: string, change: SkillChange): Result<string>;
  /** See `centreChanges`. */
  changes(before: string, after: string): readonly string[];
}

export interface ContentPlace {
  readonly folder: string;
  /** Secrets and addresses that the content names. */
  readonly environment: NodeJS.ProcessEnv;
}

/** Carries them out where it is called. */
export function contentJobs({ folder, environment }: ContentPlace): ContentJobs {
  return { check: (centre) => loadContent(folder, environment, centre ?? undefined), withSkills: setAgentSkills, changes: centreChanges };
}
