import { orOneOf } from '../../meant.js';
import type { FlowLibrary } from '../library.js';
import type { NodeOf } from '../node-schema.js';
import type { Finding } from '../problem.js';
import { parseTemplate } from '../template.js';
import type { Use } from './kind.js';

type Needing = Pick<NodeOf<'queue'>, 'needs'>;

export const usesOfNeeds = ({ needs }: Needing): readonly Use[] => needs.map(({ skill }, index) => ({ what: 'template', text: skill, of: 'the skill', path: ['needs', index, 'skill'] }) as const);

/** A skill that is written out and that there is not: whoever needs it would wait in vain. */
export function faultsOfNeeds({ needs }: Needing, { skills }: FlowLibrary): readonly Finding[] {
  return needs.flatMap(({ skill }, index) => {
    const isWrittenOut = parseTemplate(skill).parts.every((part) => typeof part === 'string');
    if (skills === undefined || !isWrittenOut || skills.has(skill)) return [];
    return [{ path: ['needs', index, 'skill'], what: `there is no skill "${skill}"`, fix: orOneOf(skill, skills, `add "${skill}" to skills in contact-centre.yaml`) }];
  });
}
