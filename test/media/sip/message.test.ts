import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SipHeaders } from '../../../media/sip/headers.js';
import { formatMessage, parseMessage, type SipMessage } from '../../../media/sip/message.js';
import { requestText } from './fake-transport.js';

function parsed(text: string | Buffer): SipMessage {
  const result = parseMessage(Buffer.from(text));
  if (!result.ok) throw new Error(result.reason);
  return result.message;
}

describe('headers', () => {
  const headers = (): SipHeaders => SipHeaders.of([['v', 'one'], ['Via', 'two'], ['X-Own', 'a'], ['f', 'me']]);

  it('are found in any letter case and by compact form', () => {
    expect(headers().all('VIA')).toEqual(['one', 'two']);
    expect(headers().get('From')).toBe('me');
    expect(headers().get('x-own')).toBe('a');
    expect(headers().has('to')).toBe(false);
  });

  it('keep place and written name; set leaves one line', () => {
    expect(headers().set('via', 'three').entries()).toEqual([['via', 'three'], ['X-Own', 'a'], ['f', 'me']]);
    expect(headers().set('To', 'you').entries().at(-1)).toEqual(['To', 'you']);
    expect(headers().prepend('Via', 'zero').all('v')).toEqual(['zero', 'one', 'two']);
    expect(headers().delete('V').entries()).toEqual([['X-Own', 'a'], ['f', 'me']]);
  });

  it('are copied apart', () => {
    const first = headers();
    first.clone().set('Via', 'x').append('Y', 'z');
    expect(first.all('via')).toEqual(['one', 'two']);
    expect(first.has('y')).toBe(false);
  });
});

describe('a message', () => {
  it('may have folded lines, compact names, LF line ends, leading line ends and spaces around colons', () => {
    const text = requestText('INFO').replace('Call-ID: call-1', 'i  :\r\n  call-1').replace('From', 'f').replace('Via: ', 'v:SIP/2.0/UDP x;\r\n\tbranch=z9hG4bKa,');
    for (const variant of [text, text.replaceAll('\r\n', '\n'), `\r\n\r\n${text}`]) {
      const message = parsed(variant);
      expect(message.headers.get('call-id')).toBe('call-1');
      expect(message.headers.get('via')).toMatch(/^SIP\/2\.0\/UDP x; branch=z9hG4bKa,SIP/);
    }
  });

  it('has a body of Content-Length bytes; what follows is dropped', () => {
    const text = requestText('INFO', { body: 'åäö' });
    expect(text).toContain('Content-Length: 6');
    expect(parsed(`${text}rest`).body).toBe('åäö');
  });

  it('without Content-Length in a datagram goes to its end', () => {
    expect(parsed(requestText('INFO', { body: 'abc' }).replace(/Content-Length.*\r\n/, '')).body).toBe('abc');
  });

  it('is written with the right Content-Length, whatever the header said', () => {
    const message = parsed(requestText('INFO', { body: 'åäö' }));
    message.headers.set('Content-Length', '99');
    expect(formatMessage(message)).toContain('Content-Length: 6\r\n');
    message.headers.delete('Content-Length');
    expect(formatMessage(message)).toContain('Content-Length: 6\r\n');
  });

  it('cannot be split by line breaks in a value', () => {
    const message = parsed(requestText('INFO'));
    message.headers.append('X-Text', 'a\r\nEvil: 1\n\n\nb');
    const again = parsed(formatMessage(message));
    expect(again.headers.has('evil')).toBe(false);
    expect(again.headers.get('x-text')).toBe('a Evil: 1 b');
  });

  it('is the same after writing and reading', () => {
    const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
    fc.assert(fc.property(fc.array(fc.tuple(fc.stringMatching(/^X-[A-Za-z]{1,8}$/), value), { maxLength: 6 }), fc.string(), (extra, body) => {
      const message = parsed(requestText('INFO'));
      for (const [name, text] of extra) message.headers.append(name, text);
      message.body = Buffer.from(body).toString();
      const again = parsed(formatMessage(message));
      expect(again.headers.entries().slice(0, -1)).toEqual(message.headers.set('Content-Length', String(Buffer.byteLength(message.body))).entries().slice(0, -1));
      expect(again.body).toBe(message.body);
    }), { numRuns: 100 });
  });

  it('never makes the parser throw, whatever bytes are changed, cut or added', () => {
    const whole = Buffer.from(requestText('INVITE', { body: 'v=0\r\n' }));
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 }), fc.nat(whole.length), fc.uint8Array({ maxLength: 20 }), (changes, cut, tail) => {
      const bytes = Buffer.from(whole);
      for (const [at, byte] of changes) bytes[at] = byte;
      const result = parseMessage(Buffer.concat([bytes.subarray(0, cut), tail]));
      if (!result.ok && result.status !== undefined) expect(result.request).toBeDefined();
    }), { numRuns: 500 });
  });
});
