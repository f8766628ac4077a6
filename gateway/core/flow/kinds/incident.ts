import type { Incident } from '../incident.js';
import type { NodeOf } from '../node-schema.js';
import type { SayPart } from '../flow-state.js';
import type { Turn } from '../turn.js';
import { resolve } from '../variables.js';
import { way, type Speaking } from './kind.js';

/**
 * Tells of what is wrong just now, so that nobody has to wait for a person to hear it. Where nothing is, nothing is said. A caller who
 * hangs up after it, before the next key, was informed.
 */
export const incident: Speaking<NodeOf<'incident'>> = {
  role: 'speaks',
  isEnd: false,
  ways: (node) => [way(node.next, 'it', 'next')],
  uses: (node) => (node.area === undefined ? [] : [{ what: 'value', written: node.area, path: ['area'] }]),
  prompts: () => [],
  words: (turn, { node }) => {
    const told = turn.state.incidents.filter((one) => isMeant(turn, node, one));
    const last = told.at(-1);
    if (last !== undefined) turn.state.informedOf = last.id;
    turn.state.toldIncidents = [...turn.state.toldIncidents, ...told.map(({ id }) => id)];
    return told.map((one) => part(turn, one));
  },
  afterWords: (_turn, { node }) => node.next,
};

function isMeant(turn: Turn, node: NodeOf<'incident'>, one: Incident): boolean {
  if (turn.state.toldIncidents.includes(one.id)) return false;
  if (one.from > turn.at || one.until <= turn.at || one.texts[turn.state.language] === undefined) return false;
  if (one.flows.length > 0 && !one.flows.includes(turn.flow.id) && !one.flows.includes(turn.state.flowId)) return false;
  if (one.services.length > 0 && !one.services.some((service) => node.services?.includes(service) === true)) return false;
  if (one.areas.length === 0) return true;
  const where = node.area === undefined ? undefined : resolve(turn.state, node.area);
  return typeof where === 'string' && one.areas.some((area) => where.startsWith(area));
}

const part = (turn: Turn, one: Incident): SayPart => ({
  utterances: [{ promptId: `incident.${one.id}`, language: turn.state.language, text: one.texts[turn.state.language] ?? '' }],
  hasBargeIn: true,
});
