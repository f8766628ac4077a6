import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findNumber } from '../../../gateway/core/acd/contact-centre.js';
import { loadContactCentre } from '../../../gateway/core/acd/load-contact-centre.js';
import { queuesForCalls } from '../../../gateway/core/acd/served.js';
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

  it('names skills in each language, and where the file has one text by that in all', () => {
    expect(centre.skills.get('swedish')).toEqual({ sv: 'svenska', nb: 'svensk', en: 'Swedish' });
    expect(problems('swedish: { sv: svenska, nb: svensk, en: Swedish }', 'swedish: { sv: svenska }')).toMatchObject([{ what: '"swedish" is not right', fix: 'give text, or one in each language: { sv: …, nb: …, en: … }' }]);
    const plain = loadContactCentre(shipped.replace('swedish: { sv: svenska, nb: svensk, en: Swedish }', 'swedish: Talks Swedish'), 'contact-centre.yaml', {});
    expect(plain.ok && plain.value.skills.get('swedish')).toEqual({ sv: 'Talks Swedish', nb: 'Talks Swedish', en: 'Talks Swedish' });
  });

  it('has results in each language, the English one for who knows no language', () => {
    expect(centre.dispositions[0]).toEqual({ id: 'extension-granted', label: 'More time to pay granted', names: { sv: 'Längre betaltid beviljad', nb: 'Utsatt betaling innvilget', en: 'More time to pay granted' } });
  });

  it('has queues with needs, ring time, wrap-up and a name in each language', () => {
    expect(centre.queues.get('billing' as never)).toMatchObject({ needs: [{ skill: 'billing', minLevel: 3 }], ringTimeoutMs: 15_000, wrapUpMs: 30_000, wrapUpLongestMs: 180_000, band: 100, names: { en: 'Invoices and payments' } });
    expect(centre.queues.has('technical' as never)).toBe(true);
  });

  it('names where the secrets of an agent come from, and holds none', () => {
    expect(centre.agents.get('anna' as never)).toMatchObject({ phone: { address: 'sip:anna@vaxel', answer: 'screen', passwordVariable: 'VAXEL_AGENT_ANNA_SIP_PASSWORD' }, tokenVariable: 'VAXEL_AGENT_ANNA_TOKEN' });
    expect(centre.agents.get('bo' as never)).toMatchObject({ phone: { answer: 'phone' } });
  });
});

describe('an agent without voice', () => {
  const alone = '    phone: sip:bo@vaxel\n    answer: phone # lifting the ringing phone answers\n';
  const CHATTING = shipped.replace(alone, '    channels: [chat, email]\n');

  it('needs neither a phone nor how it is answered', () => {
    const loaded = loadContactCentre(CHATTING, 'contact-centre.yaml');
    expect(loaded.ok && loaded.value.agents.get('bo' as never)).toMatchObject({ phone: null, channels: ['chat', 'email'], tokenVariable: 'VAXEL_AGENT_BO_TOKEN' });
  });

  it('serves no callers: a queue that only they could serve is one for items, and no queue for calls', () => {
    const loaded = loadContactCentre(CHATTING.replace('needs: { technical: 1 }', 'needs: { technical: 9 }'), 'contact-centre.yaml');
    expect(loaded.ok && [...queuesForCalls(loaded.value)]).toEqual(['billing']);
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

  const CHATS = '    answer: phone # lifting the ringing phone answers\n    skills: { billing: 4, technical: 9, swedish: 9, english: 8 }';
  it.each([
    ['takes calls and has no phone', '    phone: sip:bo@vaxel\n', '', 'bo:', '"bo" takes calls and has no phone', 'or list `channels` without voice'],
    ['takes calls, and does not say how the phone is answered', '    answer: phone #', '    #', 'phone: sip:bo@vaxel', 'nothing says how "bo" answers', 'add `answer: phone`'],
    ['takes no calls and has a phone', CHATS, `${CHATS}\n    channels: [chat]`, 'phone: sip:bo@vaxel', '"bo" takes no calls, so a phone would never ring', 'add voice to the channels of "bo"'],
    ['takes no calls and says how calls are answered', CHATS, `${CHATS}\n    channels: [chat]`, 'answer: phone', '"bo" takes no calls, so this says nothing', 'or remove this'],
    ['has no channel at all', CHATS, `${CHATS}\n    channels: []`, 'skills: { billing: 4', 'too', ''],
  ])('an agent who %s', (_, from, to, at, what, fix) => {
    const found = problems(from, to);
    const hit = found.find((problem) => problem.what.includes(what));
    expect(hit, JSON.stringify(found)).toMatchObject({ fix: expect.stringContaining(fix) });
    expect(Math.abs((hit?.line ?? 0) - lineOf(at))).toBeLessThanOrEqual(1);
  });

  it('a queue that callers overflow to and that nobody who takes calls serves', () => {
    const overflowing = shipped
      .replace('    needs: { technical: 1 }', '    needs: { technical: 1 }\n    overflow: { wait: { overSeconds: 60, to: { queue: chats } } }')
      .replace('\nagents:', '\n  chats:\n    name: { sv: Chattar, nb: Chatter, en: Chats }\n    needs: { norwegian: 9 }\n    ringTimeoutMs: 15000\n    wrapUpMs: 0\n\nagents:\n  cia: { name: Cia, skills: { norwegian: 9 }, channels: [chat] }');
    const loaded = loadContactCentre(overflowing, 'contact-centre.yaml');
    expect(loaded.ok ? [] : loaded.problems).toMatchObject([{ what: 'nobody who takes calls serves "chats", so who overflows there would wait in vain', fix: 'give an agent with voice its skills, or use one of billing, technical' }]);
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

  it('says of a name that is too long how long one may be', () => {
    const long = 'an-agent-whose-name-goes-on-for-over-40-letters';
    expect(problems('\n  bo:', `\n  ${long}:`)).toMatchObject([{ what: `"${long}" cannot be a key here: lower case letters, digits and hyphens, first a letter, at most 40 in all`, fix: 'rename the key' }]);
  });

  it('says of an empty file what it needs', () => {
    const fix = 'write domain, numbers, queues, skills, agents, dispositions, notReadyReasons';
    expect(loadContactCentre('', 'contact-centre.yaml')).toMatchObject({ ok: false, problems: [{ file: 'contact-centre.yaml', line: 1, what: 'the file is empty', fix }] });
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
