import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerDirection, audioOf, makeAnswer, makeOffer, PCMA, PCMU, TELEPHONE_EVENT, withDirection } from '../../../media/sip/offer-answer.js';
import { type Direction, formatSdp, parseSdp } from '../../../media/sip/sdp.js';

const OWN = { address: '127.0.0.1', port: 4000, session: { id: '7', version: 1 } };
const PHONE = [
  'v=0', 'o=alice 2890844526 2890844527 IN IP4 host.example', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', 'a=sendonly',
  'm=audio 49170 RTP/AVP 96 0 8 97', 'a=rtpmap:96 opus/48000/2', 'a=fmtp:96 useinbandfec=1', 'a=rtpmap:97 telephone-event/8000', 'a=fmtp:97 0-15', 'a=ptime:30', 'a=rtcp:49171',
  'm=video 51372 RTP/AVP 31', 'c=IN IP4 192.0.2.9', 'a=recvonly', '',
].join('\r\n');

describe('a session description', () => {
  it('is read with codecs, address, direction and ptime', () => {
    const sdp = parseSdp(PHONE);
    expect(sdp?.origin).toEqual({ user: 'alice', id: '2890844526', version: '2890844527', address: 'host.example' });
    expect(sdp?.media[0]?.codecs).toEqual([
      { payload: 96, name: 'opus', rate: 48_000, channels: 2, fmtp: 'useinbandfec=1' }, { payload: 0, name: 'PCMU', rate: 8000 },
      { payload: 8, name: 'PCMA', rate: 8000 }, { payload: 97, name: 'telephone-event', rate: 8000, fmtp: '0-15' },
    ]);
    expect(sdp?.media[0]).toMatchObject({ direction: 'sendonly', ptimeMs: 30, attributes: ['rtcp:49171'] });
    expect(sdp?.media[1]).toMatchObject({ kind: 'video', address: '192.0.2.9', direction: 'recvonly' });
    expect(audioOf(PHONE)).toMatchObject({ address: '192.0.2.1', port: 49_170, dtmfPayload: 97, direction: 'sendonly', ptimeMs: 30 });
  });

  it('is the same after writing and reading', () => {
    const sdp = parseSdp(PHONE);
    if (!sdp) throw new Error('unreadable');
    expect(parseSdp(formatSdp(sdp))).toEqual(sdp);
  });

  it.each(['', 'v=1\r\n', 'v=0\r\ns=-\r\n', `${PHONE}nonsense`, PHONE.replace('49170', '70000'), PHONE.replace('m=audio 49170', 'm=audio')])('that is none is refused', (text) => {
    expect(parseSdp(text)).toBeUndefined();
  });

  it('never makes the parser throw', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(PHONE.length - 1), fc.string({ maxLength: 3 })), { maxLength: 5 }), (changes) => {
      let text = PHONE;
      for (const [at, change] of changes) text = text.slice(0, at) + change + text.slice(at + 1);
      makeAnswer(text, OWN);
      withDirection(text, 'inactive');
    }), { numRuns: 300 });
  });

  it('has no audio when it is refused, encrypted, or has no address', () => {
    expect(audioOf(PHONE.replace('m=audio 49170', 'm=audio 0'))).toBeUndefined();
    expect(audioOf(PHONE.replace('RTP/AVP 96', 'RTP/SAVP 96'))).toBeUndefined();
    expect(audioOf(PHONE.replace('c=IN IP4 192.0.2.1\r\n', ''))).toBeUndefined();
  });

  it('holds by the address 0.0.0.0 too', () => {
    const offer = makeOffer(OWN).replace('c=IN IP4 127.0.0.1', 'c=IN IP4 0.0.0.0');
    expect(audioOf(offer)?.direction).toBe('sendonly');
  });
});

describe('an answer', () => {
  it('keeps the number of lines, refuses what is no plain audio, and lists what both can', () => {
    const answer = parseSdp(makeAnswer(PHONE, OWN) ?? '');
    expect(answer?.media.map(({ kind, port }) => [kind, port])).toEqual([['audio', 4000], ['video', 0]]);
    expect(answer?.media[0]).toMatchObject({ formats: ['0', '8', '97'], direction: 'recvonly' });
  });

  it('is none without a common codec, or with only telephone-event in common', () => {
    expect(makeAnswer(PHONE, { ...OWN, codecs: [{ payload: 9, name: 'G722', rate: 8000 }, TELEPHONE_EVENT] })).toBeUndefined();
    expect(makeAnswer(makeOffer({ ...OWN, codecs: [PCMA] }), { ...OWN, codecs: [PCMU] })).toBeUndefined();
    expect(makeAnswer('nonsense', OWN)).toBeUndefined();
  });

  it.each<[Direction, Direction, Direction]>([
    ['sendrecv', 'sendrecv', 'sendrecv'], ['sendonly', 'sendrecv', 'recvonly'], ['recvonly', 'sendrecv', 'sendonly'], ['inactive', 'sendrecv', 'inactive'],
    ['sendrecv', 'sendonly', 'sendonly'], ['sendonly', 'sendonly', 'inactive'], ['recvonly', 'sendonly', 'sendonly'], ['recvonly', 'recvonly', 'inactive'],
  ])('to %s, wanting %s, is %s', (offered, wanted, expected) => {
    expect(answerDirection(offered, wanted)).toBe(expected);
  });

  it('with another direction has the next version', () => {
    const held = withDirection(makeOffer(OWN), 'sendonly');
    expect(parseSdp(held)).toMatchObject({ origin: { id: '7', version: '2' }, media: [{ direction: 'sendonly' }] });
  });
});
