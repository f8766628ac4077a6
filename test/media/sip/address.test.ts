import { describe, expect, it } from 'vitest';
import { formatNameAddr, paramsOf, parseNameAddr, parseUri, splitList, tagOf, withTag } from '../../../media/sip/address.js';

describe('a URI', () => {
  it.each([
    ['sip:bob@example.com', { scheme: 'sip', user: 'bob', host: 'example.com' }],
    ['SIPS:example.com:5061', { scheme: 'sips', host: 'example.com', port: 5061 }],
    ['sip:+4670;phone-context=x@[2001:db8::1]:5070;transport=tcp?Subject=a', { scheme: 'sip', user: '+4670;phone-context=x', host: '[2001:db8::1]', port: 5070, headers: 'Subject=a' }],
    ['sip:bob:secret@10.0.0.1', { user: 'bob', host: '10.0.0.1' }],
    ['tel:+46-70-123;phone-context=se', { scheme: 'tel', host: '+46-70-123' }],
  ])('%s is read', (text, expected) => {
    expect(parseUri(text)).toMatchObject(expected);
  });

  it('has parameters by lower-case name, flags without value', () => {
    expect([...(parseUri('sip:a@b;LR;transport=TCP;lr=again')?.params ?? [])]).toEqual([['lr', ''], ['transport', 'TCP']]);
  });

  it.each(['', 'sip:', 'bob', 'sip:@host', 'sip:bob@', 'sip:bob@ho st', 'sip:bob@host:0', 'sip:bob@host:65536', 'sip:bob@host:x', 'sip:<bob@host>', '1sip:a@b'])('%j is none', (text) => {
    expect(parseUri(text)).toBeUndefined();
  });
});

describe('a name-addr', () => {
  it.each([
    ['<sip:a@b>;tag=1', 'sip:a@b', undefined, '1'],
    ['"A. \\"Q\\" <b>, c;d" <sip:a@b;lr>;tag=1;x', 'sip:a@b;lr', 'A. "Q" <b>, c;d', '1'],
    ['Alice Smith <sip:a@b>', 'sip:a@b', 'Alice Smith', undefined],
    ['sip:a@b;tag=1', 'sip:a@b', undefined, '1'],
    ['"" <sip:a@b> ; tag=1', 'sip:a@b', undefined, '1'],
    ['<tel:+4670>', 'tel:+4670', undefined, undefined],
  ])('%s is read', (text, uri, display, tag) => {
    expect(parseNameAddr(text)).toMatchObject({ uri });
    expect(parseNameAddr(text)?.display).toBe(display);
    expect(tagOf(text)).toBe(tag);
  });

  it.each(['', '<sip:a@b', '"open <sip:a@b>', 'x"y <sip:a@b>', '<>', 'Bob', '<sip:a@b> rest', '"x" sip:a@b'])('%j is none', (text) => {
    expect(parseNameAddr(text)).toBeUndefined();
  });

  it('is written so that it is read the same', () => {
    const text = formatNameAddr({ display: 'A "B" \\ <c>', uri: 'sip:a@b', params: new Map([['tag', '1'], ['x', '']]) });
    expect(parseNameAddr(text)).toEqual({ display: 'A "B" \\ <c>', uri: 'sip:a@b', params: new Map([['tag', '1'], ['x', '']]) });
  });
});

describe('lists and parameters', () => {
  it('are split only outside quotes and brackets', () => {
    expect(splitList(['<sip:a;x=1,2>, "b,c" <sip:d>', ' , <sip:e>'])).toEqual(['<sip:a;x=1,2>', '"b,c" <sip:d>', '<sip:e>']);
  });

  it('belong to the header, not to the URI in brackets', () => {
    expect(paramsOf('"x;tag=no" <sip:a@b;tag=no>;tag=yes').get('tag')).toBe('yes');
    expect(paramsOf('1800;refresher=uac').get('refresher')).toBe('uac');
    expect(paramsOf(';answer-after=0').get('answer-after')).toBe('0');
    expect(paramsOf('text/plain; charset="a;b"').get('charset')).toBe('a;b');
  });

  it('get a tag once', () => {
    expect(withTag('sip:a@b', 'x')).toBe('<sip:a@b>;tag=x');
    expect(withTag('"A" <sip:a@b>', 'x')).toBe('"A" <sip:a@b>;tag=x');
    expect(withTag('<sip:a@b>;tag=y', 'x')).toBe('<sip:a@b>;tag=y');
  });
});
