import { expect, it } from 'vitest';
import { dtmfOfInfo } from '../../../gateway/adapters/telephony/dtmf-info.js';
import type { SipMessage } from '../../../gateway/adapters/telephony/libraries.js';

const info = (type: string | undefined, body: string) => ({ body, get: (name: string) => (name === 'Content-Type' ? type : undefined) }) as SipMessage;

it.each([
  ['application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n', '5'],
  ['application/dtmf-relay', 'Signal= *\r\nDuration= 250', '*'],
  ['application/dtmf-relay; charset=utf-8', 'Duration=160\r\nSignal=#', '#'],
  ['Application/DTMF-Relay', 'signal=d\r\n', 'D'],
  ['application/dtmf', '7', '7'],
  ['application/dtmf', ' 0\r\n', '0'],
  ['application/dtmf', '12', null],
  ['application/dtmf', '', null],
  ['application/dtmf-relay', 'Duration=160', null],
  ['application/dtmf-relay', 'Signal=x', null],
  ['application/media_control+xml', 'Signal=5', null],
  [undefined, 'Signal=5', null],
] as const)('reads the digit of %s %j as %s', (type, body, digit) => {
  expect(dtmfOfInfo(info(type, body))).toBe(digit);
});
