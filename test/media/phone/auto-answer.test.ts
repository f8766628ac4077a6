import { expect, it } from 'vitest';
import { autoAnswerDelayMs } from '../../../media/phone/auto-answer.js';
import { SipHeaders } from '../../../media/sip/headers.js';

it.each([
  ['Call-Info', '<sip:example.com>;answer-after=0', 0],
  ['Call-Info', '<http://example.com/a.png>;purpose=icon, <sip:x>;answer-after=3', 3000],
  ['Call-Info', '<sip:x>;answer-after=soon', undefined],
  ['Alert-Info', '<http://www.notused.example>;info=alert-autoanswer;delay=0', 0],
  ['Alert-Info', 'info=alert-autoanswer', 0],
  ['Alert-Info', 'Auto Answer', 0],
  ['Alert-Info', '<sip:x>;info=alert-autoanswer;delay=2', 2000],
  ['Alert-Info', '<http://example.com/ring.wav>', undefined],
  ['Answer-Mode', 'Auto', 0],
  ['Answer-Mode', 'Manual', undefined],
  ['Subject', 'answer-after=0', undefined],
])('%s: %s asks to answer after %s ms', (name, value, expected) => {
  expect(autoAnswerDelayMs(SipHeaders.of([[name, value]]))).toBe(expected);
});
