import { Document, isAlias, isMap, parseDocument, stringify, visit, type YAMLMap } from 'yaml';
import { failed, ok, type Result } from '../errors.js';
import { oneOf } from '../meant.js';

/** Skill → its new level; null takes it away (as in RFC 7396). What is not named stays. */
export type SkillChange = Readonly<Record<string, number | null>>;

/**
 * The contact centre's file with other skills of one agent, and not a character changed elsewhere: comments, order and layout are the
 * author's. The file must be sound.
 */
export function setAgentSkills(text: string, agent: string, change: SkillChange): Result<string> {
  const document = parseDocument(text, { version: '1.2', keepSourceTokens: false });
  const agents: unknown = document.get('agents');
  if (!isMap(agents) || !agents.has(agent)) return failed('VG_AGENT_UNKNOWN', `there is no agent "${agent}": ${oneOf(agent, isMap(agents) ? agents.items.map(({ key }) => String(key)) : [])}`);
  const skills: unknown = document.getIn(['agents', agent, 'skills'], true);
  if (!isMap(skills) || !skills.range || isShared(skills)) return failed('VG_REFUSED', `the skills of "${agent}" are shared with another place of the file (& or *), or not written out at this agent; change the file as a whole`);
  const [from, to] = skills.range;
  for (const [skill, level] of Object.entries(change)) {
    if (level === null) skills.delete(skill);
    else skills.set(skill, level);
  }
  // A map in lines of its own reaches to where the next thing begins.
  const behind = text.slice(from + text.slice(from, to).trimEnd().length);
  return ok(text.slice(0, from) + writtenAt(skills, columnOf(text, from)) + behind);
}

/** Whether another place of the file says the same by an anchor: what is changed here would change there. */
function isShared(skills: YAMLMap): boolean {
  let found = false;
  visit(skills, { Node: (_at, node) => void (found ||= isAlias(node) || node.anchor !== undefined) });
  return found;
}

/** The map as it stands at that column: in one line where it was in one line. */
function writtenAt(skills: YAMLMap, column: number): string {
  if (skills.items.length === 0) return '{}';
  // They stand before and behind the map, where nothing changes.
  [skills.commentBefore, skills.comment] = [null, null];
  const own = new Document(skills);
  const lines = stringify(own, { lineWidth: 0 }).trimEnd();
  return lines.replaceAll('\n', `\n${' '.repeat(column)}`);
}

const columnOf = (text: string, offset: number): number => offset - (text.lastIndexOf('\n', offset - 1) + 1);
