import { describe, expect, it } from 'vitest';
import type { Language } from '../../../gateway/core/flow/flow-types.js';
import { parseTemplate, renderTemplate, type TemplateContext } from '../../../gateway/core/flow/template.js';
import type { Json } from '../../../gateway/core/ids.js';

const VALUES: Readonly<Record<string, Json>> = {
  name: 'Anna',
  number: '471100',
  amount: 1249.95,
  asText: '0.10',
  currency: 'NOK',
  day: '2026-12-15',
  wait: 2,
  position: 3,
  nothing: null,
};
const render = (text: string, values: Readonly<Record<string, Json>> = VALUES, how: { context?: TemplateContext; language?: Language } = {}) =>
  renderTemplate(text, { language: how.language ?? 'sv', context: how.context ?? 'speech', lookUp: (path) => values[path] });

describe('filters', () => {
  it.each([
    ['{{name}}', 'Anna'],
    ['Hej {{ name }}!', 'Hej Anna!'],
    ['{{number|digits}}', 'fyra sju ett, ett noll noll'],
    ['{{amount|amount}}', 'ettusen tvåhundrafyrtionio kronor och nittiofem öre'],
    ['{{amount|amount:NOK}}', 'ettusen tvåhundrafyrtionio norska kronor och nittiofem öre'],
    ['{{amount | amount : currency}}', 'ettusen tvåhundrafyrtionio norska kronor och nittiofem öre'],
    ['{{asText|amount}}', 'tio öre'],
    ['{{day|date}}', 'den femtonde december'],
    ['{{day|dateWithYear}}', 'den femtonde december tjugohundratjugosex'],
    ['{{wait|wait}}', 'två minuter'],
    ['Du är nummer {{position|number}}.', 'Du är nummer tre.'],
    ['no slots { } here', 'no slots { } here'],
  ])('%s', (template, text) => {
    expect(render(template)).toEqual({ ok: true, text });
  });

  it('speaks the language asked for', () => {
    expect(render('{{day|date}}', VALUES, { language: 'en' })).toEqual({ ok: true, text: 'the fifteenth of December' });
  });
});

describe('values that are missing or do not fit', () => {
  it.each(['{{unknown}}', '{{nothing}}', '{{name|date}}', '{{name|amount}}', '{{amount|amount:name}}', '{{amount|amount:unknown}}', '{{name|shout}}', '{{name|digits}}'])('%s leaves the whole text unsaid', (template) => {
    expect(render(`Before ${template} after`)).toMatchObject({ ok: false });
  });
});

describe('escaping by context', () => {
  it.each<[TemplateContext, string, string]>([
    ['speech', 'A [[h@l@U]] <b>b</b> {{name}} & \u0007c', 'A h@l@U b b /b name c'],
    ['speech', `x${'y'.repeat(500)}`, `x${'y'.repeat(299)}`],
    ['plain', 'a\r\nb', 'a b'],
    ['urlPart', '../a b?c=d&e#f', '..%2Fa%20b%3Fc%3Dd%26e%23f'],
    ['urlPart', '+46701234567', '%2B46701234567'],
    ['urlPart', 'a\uD800b', 'a%EF%BF%BDb'],
  ])('%s: %j', (context, value, text) => {
    const rendered = render('{{v}}', { v: value }, { context });
    expect(rendered.ok && rendered.text.replace(/ +/g, ' ')).toBe(text);
  });

  it.each(['.', '..', ''])('%j never becomes a part of a URL', (value) => {
    expect(render('/a/{{v}}/b', { v: value }, { context: 'urlPart' })).toEqual({ ok: false, missing: 'v' });
  });

  it('leaves what the author wrote as it is', () => {
    expect(render('<b>{{name}}</b>')).toEqual({ ok: true, text: '<b>Anna</b>' });
  });
});

describe('parsing', () => {
  it.each(['{{}}', '{{a b}}', '{{a|}}', '{{a|b|c}}', '{{A}}', '{{a', 'a}}', '{{a..b}}'])('%s is no slot', (text) => {
    expect(parseTemplate(text).bad).not.toEqual([]);
  });
});
