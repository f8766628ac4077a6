import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverageOf } from '../../../gateway/core/authoring/coverage.js';
import { probeFlow } from '../../../gateway/core/authoring/probed-flow.js';
import { VirtualCall, type Answer, type VirtualCallOptions } from '../../../gateway/core/authoring/virtual-call.js';
import type { Flow } from '../../../gateway/core/flow/flow-schema.js';
import { sampleFlow } from '../../ivr-flows/sample-files.js';
import { COLLECT, MENU, ORDER } from '../flow/flows-of-tests.js';
import { RETRY, smallFlow } from '../flow/small-flow.js';

/** Names of the ways that a call took. */
function taken(flow: Flow, play: (call: VirtualCall) => VirtualCall, answer?: () => Answer, options?: VirtualCallOptions): readonly string[] {
  const probed = probeFlow(flow);
  const counts = probed.taken(play(new VirtualCall(probed.flow, answer, options)).state);
  return probed.ways.flatMap(({ id, node, name, to }) => Array<string>(counts.get(id) ?? 0).fill(`${node ?? 'everywhere'}: ${name} → ${to}`));
}

describe('which way was taken', () => {
  it('is told apart where two ways lead to the same node', () => {
    expect(taken(MENU, (call) => call.settle().wait(20_000))).toEqual(['start: no key pressed → person']);
    expect(taken(MENU, (call) => call.settle().press('8').settle().press('8'))).toEqual(['start: a wrong key or entry → person']);
    const both = `start: { do: connector, call: x.get, exits: { ok: person, error: person } }`;
    expect(taken(smallFlow(both), (call) => call.settle(), () => ({ exit: 'ok' }))).toEqual(['start: exit ok → person']);
    expect(taken(smallFlow(both), (call) => call.settle())).toEqual(['start: exit error → person']);
  });

  it('is each way of a step that passes several nodes', () => {
    expect(taken(ORDER, (call) => call.settle().press('1').settle(), () => ({ exit: 'refused' }))).toEqual(['start: yes → act', 'act: exit refused → person']);
  });

  it('is counted as often as it was taken', () => {
    const answer: Answer = { exit: 'ok', result: { name: 'Anna', owed: 1 } };
    const ways = taken(ORDER, (call) => call.settle().press('1').settle().wait(2_000).press('1').settle().press('1').settle(), () => answer);
    expect(ways.filter((way) => way === 'start: yes → act')).toHaveLength(2);
  });

  it('is the condition that held, or else', () => {
    const flow = smallFlow(`start: { do: branch, when: [{ value: $call.ani, isSet: true, next: person }, { value: $call.dnis, is: "7", next: person }], else: person }`);
    const by = (start: VirtualCallOptions): readonly string[] => taken(flow, (call) => call, undefined, start);
    expect([by({ ani: '1' }), by({ dnis: '7' }), by({})]).toEqual([['start: condition 1 → person'], ['start: condition 2 → person'], ['start: else → person']]);
  });

  it('is the key that leads out of everywhere, apart from a way of the node to the same place', () => {
    expect(taken(MENU, (call) => call.settle().press('0'))).toEqual(['everywhere: key 0 → person']);
  });

  it('is the way out of a step that breaks, apart from other ways to the same place', () => {
    expect(taken(MENU, (call) => call.settle(), undefined, { unplayable: new Set(['p-menu']) })).toEqual(['everywhere: a step that breaks → person']);
  });

  it('is not the start, even where a way leads back there', () => {
    const flow = smallFlow(`start: { do: menu, prompt: p-a, keys: { 1: start, 2: solved }, ${RETRY} }`, 'anywhere: { 0: start }');
    expect(taken(flow, (call) => call.settle().press('1').settle().press('0').settle())).toEqual(['start: key 1 → start', 'everywhere: key 0 → start']);
  });
});

describe('a probed flow', () => {
  const invoice = sampleFlow('invoice-extension');
  const answers: readonly Answer[] = [{ exit: 'ok', result: { customer: '1001', name: 'Anna' } }, { exit: 'ok', result: { invoice: '471100', customer: '1001', amount: 12.5, currency: 'SEK', dueDate: '2026-12-15', status: 'open', extended: false } }, { exit: 'notFound' }, { exit: 'error' }];

  it('behaves as the flow itself, whatever the caller does', () => {
    const moves = fc.array(fc.oneof(fc.constantFrom('0', '1', '1', '2', '8', '471100#', '*', '#'), fc.nat(9_000)), { maxLength: 25 });
    fc.assert(
      fc.property(moves, fc.array(fc.nat(3), { minLength: 1, maxLength: 12 }), (played, picks) => {
        for (const flow of [invoice, MENU, COLLECT, ORDER]) {
          const [plain, probed] = [flow, probeFlow(flow).flow].map((one) => {
            let asked = 0;
            const call = new VirtualCall(one, () => answers[picks[asked++ % picks.length] ?? 0] ?? { exit: 'error' }, { ani: '+46701234567' });
            for (const move of played) if (call.exit === null) void (typeof move === 'string' ? call.press(move) : call.wait(move));
            return call;
          });
          expect(probed?.effects).toEqual(plain?.effects);
          expect(probed?.state.path).toEqual(plain?.state.path);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('coverage', () => {
  it('adds up what all calls took, names what none took, and is 100 only when nothing is missing', () => {
    const { flow, ways, taken: count } = probeFlow(MENU);
    const runs = ['1', '2', '0'].map((key) => count(new VirtualCall(flow).settle().press(key).settle().state));
    expect(coverageOf('small', ways, runs)).toMatchObject({ ways: 6, taken: 3, percent: 50 });
    expect(coverageOf('small', ways, runs).missing.map(({ name }) => name)).toEqual(['no key pressed', 'a wrong key or entry', 'a step that breaks']);
    const many = Array.from({ length: 1_000 }, (_, index) => ({ id: String(index), node: 'a', name: 'next', to: 'b' }));
    expect(coverageOf('big', many, [new Map(many.slice(1).map(({ id }) => [id, 1]))]).percent).toBe(99);
  });
});
