import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findNumber } from '../../../gateway/core/acd/contact-centre.js';
import { loadContactCentre } from '../../../gateway/core/acd/load-contact-centre.js';
import type { CentreSurroundings } from '../../../gateway/core/acd/load-contact-centre.js';

const shipped = readFileSync(new URL('../../../ivr-flows/contact-centre.yaml', import.meta.url), 'utf8');

/** The shipped file with one text replaced; the problems found, as `line: what`. */
function problems(from: string, to: string, around: CentreSurroundings = {}) {
  expect(shipped).toContain(from);
  const loaded = loadContactCentre(shipped.replace(from, to), 'contact-centre.yaml', around);
  return loaded.ok ? [] : loaded.problems;
}
const lineOf = (text: string) => shipped.slice(0, shipped.indexOf(text)).split('\n').length;

describe('the shipped contact centre', () => {
  const loaded = loadContactCentre(shipped, 'contact-centre.yaml', { flows: new Set(['invoice-extension', 'main-menu', 'opening-hours-callback']), prompts: new Set(['call-later']) });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const centre = loaded.value;

  it('leads the service number to its flow, however it is written', () => {
    expect(findNumber(centre, '+46771000100')).toEqual({ number: '+46771000100', flowId: 'invoice-extension', language: 'sv', lastResort: { do: 'tell', prompt: 'call-later' } });
    expect(findNumber(centre, '0046771000100')?.flowId).toBe('invoice-extension');
    expect(findNumber(centre, '46771000100')?.flowId).toBe('invoice-extension');
    expect(findNumber(centre, '+46771000101')).toBeNull();
  });

  it('has queues with needs, ring time, wrap-up and a name in each language', () => {
    expect(centre.queues.get('billing' as never)).toMatchObject({ needs: [{ skill: 'billing', minLevel: 3 }], ringTimeoutMs: 15_000, wrapUpMs: 30_000, band: 100, names: { en: 'Invoices and payments' } });
    expect(centre.queues.has('technical' as never)).toBe(true);
  });

  it('names where the secrets of an agent come from, and holds none', () => {
    expect(centre.agents.get('anna' as never)).toMatchObject({ answer: 'screen', phone: 'sip:anna@vaxel', tokenVariable: 'VAXEL_AGENT_ANNA_TOKEN', sipPasswordVariable: 'VAXEL_AGENT_ANNA_SIP_PASSWORD' });
    expect(centre.agents.get('bo' as never)).toMatchObject({ answer: 'phone' });
  });
});

describe('a wrong contact centre is refused with line, what and fix', () => {
  it.each([
    ['an unknown skill of a queue', 'needs: { billing: 3 }', 'needs: { biling: 3 }', 'no skill "biling"'],
    ['an unknown skill of an agent', 'skills: { billing: 8,', 'skills: { carpentry: 8,', 'no skill "carpentry"'],
    ['a level above 10', 'needs: { billing: 3 }', 'needs: { billing: 11 }', 'too large'],
    ['a queue that nobody can serve', 'needs: { technical: 1 }', 'needs: { technical: 10 }', 'wait in vain'],
    ['a phone of another domain', 'phone: sip:bo@vaxel', 'phone: sip:bo@elsewhere', 'is not this centre'],
    ['two agents with one phone', 'phone: sip:bo@vaxel', 'phone: sip:anna@vaxel', 'has the same phone'],
    ['a reason that the system sets', 'notReadyReasons: [break,', 'notReadyReasons: [rona,', 'the system sets'],
    ['a reason listed twice', 'notReadyReasons: [break,', 'notReadyReasons: [lunch,', 'listed twice'],
    ['an unknown section', 'dispositions:', 'dispositons: { a: b }\ndispositions:', '"dispositons" is not known'],
    ['a trunk that is no address', '[127.0.0.1,', '[everybody,', 'not right'],
    ['a language that is not spoken', 'language: sv', 'language: fi', 'not known'],
    ['a secret written in the file', 'answer: phone', 'tokenFrom: hunter2\n    answer: phone', 'not right'],
    ['two agents with one secret', 'answer: phone', 'tokenFrom: env VAXEL_AGENT_ANNA_TOKEN\n    answer: phone', 'already used by "anna"'],
    ['the same number twice', '"+46771000100":', '"46771000100": { flow: x, language: sv, lastResort: { do: transfer, to: "112" } }\n  "+46771000100":', 'the same number'],
  ])('%s', (_, from, to, what) => {
    const found = problems(from, to);
    const hit = found.find((problem) => problem.what.includes(what));
    expect(hit, JSON.stringify(found)).toBeDefined();
    expect(hit?.file).toBe('contact-centre.yaml');
    expect(Math.abs((hit?.line ?? 0) - lineOf(from))).toBeLessThanOrEqual(1);
    expect(hit?.fix.length).toBeGreaterThan(5);
  });

  it('checks flows and prompts when it is told which there are', () => {
    const found = problems('language: sv', 'language: sv', { flows: new Set(['main-menu', 'opening-hours-callback']), prompts: new Set(['bye']) });
    expect(found.map(({ line, what }) => [line, what])).toEqual([
      [lineOf('flow: invoice-extension'), 'there is no flow "invoice-extension"'],
      [lineOf('lastResort:'), 'there is no shared prompt "call-later"'],
      [lineOf('flow: main-menu') + 2, 'there is no shared prompt "call-later"'],
      [lineOf('flow: opening-hours-callback') + 2, 'there is no shared prompt "call-later"'],
    ]);
  });

  it('reports all errors at once', () => {
    const text = shipped.replace('billing: 8', 'billing: 80').replace('answer: phone', 'answer: never').replace('language: sv', 'language: fi');
    const loaded = loadContactCentre(text, 'contact-centre.yaml');
    expect(loaded.ok ? 0 : loaded.problems.length).toBe(3);
  });

  it.each(['', 'null', '[]', '3', 'a: [', 'numbers: yes', '? {a: b}\n: c'])('never throws: %j', (text) => {
    expect(loadContactCentre(text, 'contact-centre.yaml').ok).toBe(false);
  });
});
