import { describe, expect, it } from 'vitest';
import { callbackIdOf } from '../../../gateway/core/call/callback.js';
import { brand, type CallId } from '../../../gateway/core/ids.js';
import { rosterText, type Roster } from '../../../gateway/cli/queue/roster-text.js';
import { duration, table } from '../../../gateway/cli/queue/table.js';

const NOW = 10_000_000;
const agent = (agentId: string, channel = 'voice', phase = 'ready'): Roster['agents'][number] => ({ agentId, channel, node: 'n1', state: { phase, since: NOW - 65_000 } });
const call = (callId: string, queuedAt = NOW): Roster['calls'][number] => ({ callId, channel: 'voice', queue: 'billing', node: 'n1', queuedAt, band: 100, needs: [], waitsFor: null, offeredTo: null });
const gateway = (node: string, isDrained = false): Roster['nodes'][number] => ({ node, calls: 3, isDrained });
const cells = (text: string, column: number): readonly string[] => text.split('\n').slice(2).map((line) => line.split(/ {2,}/)[column] ?? '');

describe('what operators read of the queue', () => {
  it('has agents by name, numbers in them as numbers, with how many there are', () => {
    const text = rosterText({ nodes: [], agents: [agent('agent10'), agent('agent9'), agent('agent9', 'chat')], calls: [], callbacks: [] }, NOW);
    expect(text).toMatch(/^Agents \(2\)\n/);
    expect(cells(text, 0).slice(0, 3)).toEqual(['agent9', 'agent9', 'agent10']);
  });

  it('says which call is a callback', () => {
    const asked = brand<CallId>('c1');
    const text = rosterText({ nodes: [], agents: [], calls: [call(callbackIdOf(asked)), call('c2', NOW + 1)], callbacks: [] }, NOW);
    expect(text).toContain('\nCalls (2)\n');
    expect(cells(text.slice(text.indexOf('Calls')), 1)).toEqual(['callback', 'voice']);
  });
});

describe('callbacks that rest', () => {
  const one = (callId: string, nextTryAt: number | null): Roster['callbacks'][number] => ({ callId, number: '+••••••••567', queue: 'billing', node: 'n1', queuedAt: NOW - 65_000, nextTryAt, tries: 2 });

  it('have a list of their own, with when they are tried next', () => {
    const text = rosterText({ nodes: [], agents: [], calls: [], callbacks: [one('c1-cb', NOW + 90_000), one('c2-cb', null)] }, NOW);
    const part = text.slice(text.indexOf('Callbacks'));
    expect(part).toMatch(/^Callbacks that rest \(2\)\n/);
    expect([0, 1, 2, 3, 4, 5].map((column) => cells(part, column))).toEqual([['c1-cb', 'c2-cb'], ['+••••••••567', '+••••••••567'], ['billing', 'billing'], ['1:05', '1:05'], ['in 1:30', 'in its hours'], ['2', '2']]);
  });
});

describe('the gateways', () => {
  const [agents, calls] = [[agent('bo')], [call('c1')]];

  it('are named also where nobody is signed in and nobody waits', () => {
    expect(rosterText({ nodes: [gateway('n1'), gateway('n2')], agents: [], calls: [], callbacks: [] }, NOW)).toBe('Gateways (2)\ngateway  calls  state\nn1           3  takes callers\nn2           3  takes callers\n\nNobody is signed in.\n\nNobody waits.');
  });

  it('are told apart by whether they take callers', () => {
    expect(rosterText({ nodes: [gateway('n1', true), gateway('node2')], agents: [], calls: [], callbacks: [] }, NOW)).toMatch(/\nn1 +3  drained: takes no callers\nnode2 +3  takes callers\n/);
  });

  it('stand beside each agent and call, unless there is only one', () => {
    expect(rosterText({ nodes: [gateway('n1'), gateway('n2')], agents, calls, callbacks: [] }, NOW).match(/node$/gm)).toHaveLength(2);
    expect(rosterText({ nodes: [gateway('n1')], agents, calls, callbacks: [] }, NOW)).not.toMatch(/node$|n1.*n1/m);
  });
});

describe('a table', () => {
  it('has words to the left and figures to the right', () => {
    expect(table([['agent', 'state', 'since'], ['bo', 'ready', '10:05'], ['a', 'notReady', '0:01']])).toBe('agent  state     since\nbo     ready     10:05\na      notReady   0:01');
  });

  it('goes on in the next line, head and rows alike, where the terminal is too narrow', () => {
    const rows = [['queue', 'offered', 'answered'], ['invoices', '10', '5'], ['b', '7', '7']];
    expect(table(rows, 27)).toBe('queue     offered  answered\ninvoices       10         5\nb               7         7');
    expect(table(rows, 26)).toBe('queue     offered\n  answered\ninvoices       10\n         5\nb               7\n         7');
    expect(table(rows, 1).split('\n')).toHaveLength(9);
  });

  it('tells a time of more than an hour in hours', () => {
    expect([59 * 60_000, 3_600_000, 26 * 3_600_000 + 65_000].map(duration)).toEqual(['59:00', '1:00:00', '26:01:05']);
  });
});
