import { describe, expect, it } from 'vitest';
import { appHeaders, contentType, ordered, writtenName } from '../../../../media/softswitch/drachtio/header-rules.js';

describe('headers of an application', () => {
  it.each([
    ['user-agent', 'User-Agent'], ['USER-AGENT', 'User-Agent'], ['cseq', 'CSeq'], ['www-authenticate', 'WWW-Authenticate'], ['min-se', 'Min-SE'],
    ['X-foo', 'X-foo'], ['x-FOO', 'x-FOO'], ['p-custom', 'P-Custom'], ['ALLCAPS', 'ALLCAPS'], ['p-asserted-identity', 'P-Asserted-Identity'],
  ])('%s is written %s', (given, written) => {
    expect(writtenName(given)).toBe(written);
  });

  it('that belong to the server are dropped', () => {
    const names = ['Via', 'route', 'Record-Route', 'RSeq', 'content-length', 'Subject'];
    expect(appHeaders(names.map((name) => [name, 'x']), 'h:1')).toEqual([['Subject', 'x']]);
  });

  it('have user@localhost replaced by our address in From, To, Contact and P-Asserted-Identity only', () => {
    const replaced = (name: string, value: string): string | undefined => appHeaders([[name, value]], '10.0.0.4:5070')[0]?.[1];
    expect(replaced('from', '<sip:1@localhost>')).toBe('<sip:1@10.0.0.4:5070>');
    expect(replaced('contact', 'sip:1@localhost;ob')).toBe('sip:1@10.0.0.4:5070;ob');
    expect(replaced('p-asserted-identity', '<sip:1@localhost:5060>')).toBe('<sip:1@10.0.0.4:5070>');
    expect(replaced('from', '<sip:1@localhost.example>')).toBe('<sip:1@localhost.example>');
    expect(replaced('diversion', '<sip:1@localhost>')).toBe('<sip:1@localhost>');
  });

  it('go out in the order of the stack: known ones, unknown ones as given, then identities', () => {
    const names = ['P-Asserted-Identity', 'X-b', 'Min-SE', 'X-a', 'Content-Type', 'Contact', 'CSeq', 'Call-ID', 'To', 'From', 'Max-Forwards', 'Route', 'Via', 'Require'];
    expect(ordered(names.map((name) => [name, 'x'])).entries().map(([name]) => name)).toEqual([
      'Via', 'Route', 'Max-Forwards', 'From', 'To', 'Call-ID', 'CSeq', 'Contact', 'Require', 'Min-SE', 'Content-Type', 'Content-Length', 'X-b', 'X-a', 'P-Asserted-Identity']);
  });

  it('may leave out the type of a body that is SDP, and of no other', () => {
    expect(contentType([], 'v=0\r\n')).toBe('application/sdp');
    expect(contentType([['content-type', 'text/plain']], 'v=0')).toBe('text/plain');
    expect(contentType([], 'Signal=1')).toBeUndefined();
  });
});
