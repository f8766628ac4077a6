import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cdrFrame, metaText, parseAppMessage, parseSipText, requestEcho, responseEcho, sipFrame, timeOfDay } from '../../../../media/softswitch/drachtio/wire.js';

const AT = Date.UTC(2026, 10, 22, 14, 3, 22, 14);
const META = { source: 'network', bytes: 12, protocol: 'udp', address: '198.51.100.7', port: 5062, at: AT } as const;
const afterId = (text: string): string => text.slice(text.indexOf('|') + 1);

describe('messages of an application', () => {
  it('are told apart by start line, dialog id and transaction id, in this order', () => {
    const kind = (meta: string, start: string): string => parseAppMessage(`id|sip|${meta}\r\n${start}\r\n\r\n`).kind;
    expect(kind('t|', 'SIP/2.0 200 OK')).toBe('response');
    expect(kind('t|d', 'BYE sip:placeholder SIP/2.0')).toBe('inDialog');
    expect(kind('|d', 'ACK sip:x SIP/2.0')).toBe('inDialog');
    expect(kind('t|', 'CANCEL sip:x SIP/2.0')).toBe('cancel');
    expect(kind('|', 'INVITE sip:x SIP/2.0')).toBe('request');
    expect(kind('t|', 'INFO sip:x SIP/2.0')).toBe('refused');
    expect(kind('', 'INVITE sip:x SIP/2.0')).toBe('refused');
  });

  it('may name an outbound proxy in the fifth token', () => {
    expect(parseAppMessage('id|sip|||sip:proxy\r\nINVITE sip:x SIP/2.0\r\n\r\n')).toMatchObject({ kind: 'request', routeUri: 'sip:proxy' });
    expect(parseAppMessage('id|sip||\r\nINVITE sip:x SIP/2.0\r\n\r\n')).not.toHaveProperty('routeUri');
  });

  it('never break the parser', () => {
    fc.assert(fc.property(fc.string(), (text) => {
      expect(parseAppMessage(text)).toHaveProperty('kind');
    }));
  });

  it('have headers separated by CR, LF or CRLF, and lines that are none are dropped', () => {
    const text = parseSipText('BYE sip:x SIP/2.0\r\nA: 1\nB:2\rbad line\r\nC D: 3\r\nE: x:y\r\n\r\nbody\r\n\r\nmore');
    expect(text.headers).toEqual([['A', '1'], ['B', '2'], ['E', 'x:y']]);
    expect(text.body).toBe('body\r\n\r\nmore');
  });
});

describe('messages of the server', () => {
  it('start with an id of their own', () => {
    const ids = [1, 2].map(() => sipFrame(META, { transactionId: 't' }, 'raw').split('|')[0] ?? '');
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('carry source, size, transport, address and UTC time', () => {
    expect(timeOfDay(AT)).toBe('14:03:22.014000');
    expect(metaText(META)).toBe('network|12|udp|198.51.100.7|5062|14:03:22.014000');
  });

  it('name the local address on new requests only', () => {
    expect(afterId(sipFrame(META, { transactionId: 't', local: { host: '10.0.0.4', port: 5060 } }, 'RAW'))).toBe(`sip|${metaText(META)}|t||10.0.0.4|5060|\r\nRAW`);
    expect(afterId(sipFrame(META, { transactionId: 't', dialogId: 'd' }, 'RAW'))).toBe(`sip|${metaText(META)}|t|d|\r\nRAW`);
  });

  it('echo what was sent, with the dialog id on responses', () => {
    const sent = { meta: META, transactionId: 't', dialogId: 'd', raw: 'RAW' };
    expect(afterId(requestEcho('m', sent))).toBe(`response|m|OK|${metaText(META)}|t|Msg sent:|\r\nRAW`);
    expect(afterId(responseEcho('m', sent))).toBe(`response|m|OK|${metaText(META)}|t|d||Msg sent:|\r\nRAW`);
  });

  it('report calls with role or reason where there is one', () => {
    expect(afterId(cdrFrame('cdr:attempt', { source: 'network', at: AT, raw: 'RAW' }))).toBe('cdr:attempt|network|14:03:22.014000\r\nRAW');
    expect(afterId(cdrFrame('cdr:stop', { source: 'application', at: AT, detail: 'normal-release', raw: 'RAW' }))).toBe('cdr:stop|application|14:03:22.014000|normal-release\r\nRAW');
  });
});
