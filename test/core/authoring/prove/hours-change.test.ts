import { describe, expect, it } from 'vitest';
import { asTest } from '../../../../gateway/core/authoring/prove/as-test.js';
import type { Violation } from '../../../../gateway/core/authoring/prove/finding.js';
import { tellMoves } from '../../../../gateway/core/authoring/prove/tell.js';
import { loadTestFile } from '../../../../gateway/core/authoring/load-test-file.js';
import { probeFlow } from '../../../../gateway/core/authoring/probed-flow.js';
import { runTest } from '../../../../gateway/core/authoring/run-test.js';
import type { VirtualCall } from '../../../../gateway/core/authoring/virtual-call.js';
import type { Flow } from '../../../../gateway/core/flow/flow-schema.js';
import { openingHoursSchema, toOpeningHours } from '../../../../gateway/core/flow/opening-hours.js';
import { VARS } from '../../flow/flows-of-tests.js';
import { RETRY, smallFlow } from '../../flow/small-flow.js';
import { faultsOf, proved } from './play-witness.js';

const hoursOf = (open: string, days = 'mon-fri') => toOpeningHours(openingHoursSchema.parse({ timeZone: 'Europe/Stockholm', open: { [days]: open } }), () => new Set());
const ALWAYS = { hours: new Map([['office', hoursOf('00:00-24:00', 'mon-sun')]]) };
const HOURS = { hours: new Map([['office', hoursOf('08:00-17:00')], ['support', hoursOf('09:10-17:00')]]) };
const OPERATIONS = new Map([['x.act', { exits: ['ok', 'error'], arguments: [], response: {} }]]);
const SHUT = 'shut: { do: hangup, prompt: p-shut, outcome: told }';
const LEADS = (next: string): string => RETRY.replaceAll('person', next);

/** The fault of a rule at a node, and the call that it tells of, as the player of tests plays it. */
function played(flow: Flow, fault: string): { readonly violation: Violation; readonly call: VirtualCall } {
  const proof = proved(flow);
  const violation = proof.violations.find(({ rule, node }) => `${rule} ${node}` === fault);
  if (violation?.witness == null) throw new Error(`not found: ${fault}, but ${faultsOf(proof).join(', ')}`);
  const file = JSON.stringify({ tests: { 'It happens': { ...asTest(flow, violation.witness), then: { recorded: { solved: false } } } } });
  const loaded = loadTestFile(file, 'small.test.yaml', { flows: new Map([['small', flow]]), operations: OPERATIONS });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const [test] = loaded.value.tests;
  if (test === undefined) throw new Error('no test');
  const { call, failures } = runTest(probeFlow(flow), test);
  expect(failures).toEqual([]);
  return { violation, call };
}

const didOf = (call: VirtualCall): readonly string[] => call.state.path.flatMap(({ did }) => (did === undefined ? [] : [did]));

describe('opening hours that change during the call', () => {
  it('bring callers where a value is missing that is set for those who come while closed', () => {
    const flow = smallFlow(
      `start: { do: hours, of: office, open: main, closed: note }\nnote: { do: set, values: { code: "7" }, next: main }\nmain: { do: menu, prompt: p-main, keys: { 1: look }, ${LEADS('look')} }\nlook: { do: hours, of: office, open: person, closed: tell }\ntell: { do: hangup, prompt: p-tell, outcome: told }`,
      VARS, HOURS, { 'p-tell': 'We call you about {{code|digits}}' },
    );
    const { violation, call } = played(flow, 'values tell');
    expect(tellMoves(violation.witness?.moves ?? [])).toEqual(['opening hours change meanwhile, at 2026-11-30 16:00 UTC', 'presses 1']);
    expect(didOf(call)).toEqual(['hours office → open', 'hours office → closed', 'prompt lacks a value', 'queue people']);
  });

  it('catch callers in a menu whose only way to a person is closed by then', () => {
    const flow = smallFlow(
      `start: { do: hours, of: office, open: main, closed: shut }\nmain: { do: menu, prompt: p-main, keys: { 1: ask }, ${LEADS('ask')} }\nask: { do: hours, of: office, open: person, closed: main }\n${SHUT}`,
      'anywhere: {}', HOURS,
    );
    expect(faultsOf(proved(flow))).toEqual(['ends main', 'loops main', 'person main']);
    expect(didOf(played(flow, 'person main').call)).toEqual(['hours office → open', 'hours office → closed']);
  });

  it('are found while the caller waits for a back end, and while somebody speaks', () => {
    const nodes = (between: string): string => `start: { do: hours, of: office, open: between, closed: shut }\n${between}\nlook: { do: hours, of: office, open: person, closed: tell }\ntell: { do: hangup, prompt: p-tell, outcome: told }\n${SHUT}`;
    for (const between of ['between: { do: connector, call: x.act, exits: { ok: look, error: person } }', 'between: { do: say, prompt: p-a, next: look }']) {
      const flow = smallFlow(nodes(between), VARS, HOURS, { 'p-tell': 'Code {{code|digits}}' });
      expect(didOf(played(flow, 'values tell').call)).toEqual(expect.arrayContaining(['hours office → open', 'hours office → closed', 'prompt lacks a value']));
    }
  });

  it('open as well as they close, each set of them at its time', () => {
    const flow = smallFlow(
      `start: { do: hours, of: office, open: more, closed: shut }\nmore: { do: hours, of: support, open: person, closed: main }\nmain: { do: menu, prompt: p-main, keys: { 1: look }, ${RETRY} }\nlook: { do: hours, of: support, open: tell, closed: person }\ntell: { do: say, prompt: p-tell, next: person }\n${SHUT}`,
      VARS, HOURS, { 'p-tell': 'Code {{code|digits}}' },
    );
    const { violation, call } = played(flow, 'values tell');
    expect(tellMoves(violation.witness?.moves ?? [])[0]).toBe('opening hours change meanwhile, at 2026-11-30 08:10 UTC');
    expect(didOf(call).slice(0, 3)).toEqual(['hours office → open', 'hours support → closed', 'hours support → open']);
  });

  it('change only while time passes: two nodes in a row see the same', () => {
    const flow = smallFlow(`start: { do: hours, of: office, open: again, closed: shut }\nagain: { do: hours, of: office, open: person, closed: tell }\ntell: { do: hangup, prompt: p-tell, outcome: told }\n${SHUT}`, VARS, HOURS, { 'p-tell': 'Code {{code|digits}}' });
    expect(faultsOf(proved(flow))).toEqual([]);
  });

  it('change once in a call: a circle that needs closing and opening again and again is none', () => {
    const flow = smallFlow(
      `start: { do: hours, of: office, open: day, closed: night }\nday: { do: menu, prompt: p-day, keys: { 1: person }, ${LEADS('by-day')} }\nby-day: { do: hours, of: office, open: person, closed: night }\nnight: { do: menu, prompt: p-night, keys: { 1: shut }, ${LEADS('by-night')} }\nby-night: { do: hours, of: office, open: day, closed: shut }\n${SHUT}`,
      'anywhere: {}', HOURS,
    );
    expect(faultsOf(proved(flow))).toEqual([]);
  });

  describe('under a caller on the way to a queue', () => {
    const warned = (keys: string, options = {}, hours = HOURS): readonly string[] =>
      proved(smallFlow(`start: { do: hours, of: office, open: main, closed: shut }\nmain: { do: menu, prompt: p-main, keys: { ${keys} }, ${LEADS('look')} }\nlook: { do: hours, of: office, open: expert, closed: shut }\nexpert: { do: queue, queue: experts }\n${keys.includes('word') ? 'word: { do: say, prompt: p-word, next: expert }\n' : ''}${SHUT}`, 'anywhere: {}', hours), options).warnings.flatMap(({ node, what }) => (what.includes('may come to the queue') ? [node ?? ''] : []));

    it('are warned of where something was asked since the look at them', () => {
      expect(warned('1: expert, 2: look, 3: word')).toEqual(['expert']);
      expect(warned('2: look, 3: word')).toEqual(['expert']);
    });

    it('are no matter where they are looked at again, never end, or the queue looks itself', () => {
      expect(warned('2: look')).toEqual([]);
      expect(warned('1: expert', {}, ALWAYS)).toEqual([]);
      expect(warned('1: expert', { closing: new Set(['experts']) })).toEqual([]);
    });
  });

  it('cost no place where nobody looks at them again', () => {
    const menu = (id: string, next: string): string => `${id}: { do: menu, prompt: p-${id}, keys: { 1: ${next} }, ${RETRY} }`;
    const spots = (menus: string, hours: typeof HOURS): number => proved(smallFlow(`start: { do: hours, of: office, open: m1, closed: shut }\n${menus}\n${SHUT}`, '', hours)).spots;
    const added = (hours: typeof HOURS): number => spots(`${menu('m1', 'm2')}\n${menu('m2', 'person')}`, hours) - spots(menu('m1', 'person'), hours);
    expect(added(HOURS)).toBe(added(ALWAYS));
  });
});
