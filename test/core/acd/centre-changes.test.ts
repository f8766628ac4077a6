import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { centreChanges } from '../../../gateway/core/acd/centre-changes.js';
import { projectFile } from '../../../gateway/project.js';

const SAMPLE = readFileSync(projectFile('ivr-flows', 'contact-centre.yaml'), 'utf8');

/** What the log says of the sample with these replacements. */
function told(...edits: readonly (readonly [from: string | RegExp, to: string])[]): readonly string[] {
  const after = edits.reduce((text, [from, to]) => {
    if (typeof from === 'string' ? !text.includes(from) : !from.test(text)) throw new Error(`the sample has no ${String(from)}`);
    return text.replace(from, to);
  }, SAMPLE);
  return centreChanges(SAMPLE, after);
}

describe('a change of the contact centre is told in words', () => {
  it.each([
    ['a level', ['billing: 8', 'billing: 5'], 'agent anna: billing 8 → 5'],
    ['a skill that an agent has learnt', ['technical: 9,', 'technical: 9, norwegian: 4,'], 'agent bo: norwegian 4 added'],
    ['a skill that an agent has no more', [', english: 8 }', ' }'], 'agent bo: english 8 removed'],
    ['an agent who is gone', [/ {2}bo:\n(.*\n){4}/, ''], 'agent bo removed'],
    ['an agent who is new', ['dispositions:', '  cia: { name: Cia, phone: "sip:cia@vaxel", answer: phone, skills: {} }\n\ndispositions:'], 'agent cia added ({ name: Cia, phone: sip:cia@vaxel, answer: phone, skills: {} })'],
    ['an agent with the name of what every object has', ['dispositions:', '  constructor: { name: Cia, skills: {}, channels: [chat] }\n\ndispositions:'], 'agent constructor added ({ name: Cia, skills: {}, channels: [chat] })'],
    ['a rule of a queue', ['    needs: { technical: 1 }', '    needs: { technical: 1 }\n    overflow: { length: { limit: 20, to: billing } }'], 'queue technical: overflow { length: { limit: 20, to: billing } } added'],
    ['a lowest level', ['needs: { billing: 3 }', 'needs: { billing: 4 }'], 'queue billing: needs billing 3 → 4'],
    ['a list', ['channels: [voice, chat]', 'channels: [voice]'], 'agent anna: channels [voice, chat] → [voice]'],
    ['a number that leads elsewhere', ['flow: main-menu', 'flow: invoice-extension'], 'number +46771000200: flow main-menu → invoice-extension'],
    ['opening hours', ['mon-fri: "08:00-17:00"', 'mon-fri: "08:00-18:00"'], 'hours office: open mon-fri 08:00-17:00 → 08:00-18:00'],
    ['a limit', ['maxCalls: 200', 'maxCalls: 300'], 'limits maxCalls 200 → 300'],
    ['the strategy', ['strategy: longestIdle', 'strategy: linear'], 'strategy longestIdle → linear'],
    ['a meaning', ['en: invoices and payments }', 'en: money }'], 'skill billing: en invoices and payments → money'],
    ['reasons', ['training, admin]', 'training]'], 'notReadyReasons [break, lunch, meeting, training, admin] → [break, lunch, meeting, training]'],
    ['a section', [/\ntrunks:[^]*/, ''], 'trunk local removed'],
  ] as const)('%s', (_what, edit, words) => {
    expect(told(edit)).toEqual([words]);
  });

  it('all of them, in the order of the file', () => {
    expect(told(['english: 7', 'english: 8'], ['maxCalls: 200', 'maxCalls: 300'], ['strategy: longestIdle', 'strategy: linear'])).toEqual(['limits maxCalls 200 → 300', 'strategy longestIdle → linear', 'agent anna: english 7 → 8']);
  });

  it('the order of the agents, which counts for the strategy linear', () => {
    const bo = /( {2}bo:\n(?:.*\n){4})/.exec(SAMPLE)?.[1] ?? '';
    expect(told([bo, ''], ['agents:\n', `agents:\n${bo}`])).toEqual(['agents: another order']);
  });

  it('nothing, and what means nothing', () => {
    expect(told()).toEqual([]);
    expect(told(['# as a caller waits;', '# as they wait;'])).toEqual(['only comments, order or layout']);
  });

  it('a long value is not written out, and not more than a log can bear', () => {
    const long = 'x'.repeat(120);
    expect(told(['en: invoices and payments }', `en: ${long} }`])).toEqual(['skill billing: en changed']);
    const agents = Array.from({ length: 400 }, (_, n) => `  new-${n}: { name: N }\n`).join('');
    expect(told(['agents:\n', `agents:\n${agents}`]).length).toBeLessThan(300);
  });
});
