import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lotOf } from '../../gateway/core/flow/kinds/share.js';
import { placeBySipp } from '../support/contract-case.js';
import { DEMO_CALLER, Exchange } from '../support/exchange.js';
import { canPlayDigits } from '../support/sipp.js';

const [EXTENSION, MAIN_MENU] = ['+46771000100', '+46771000200'];
/** SIPp takes so long for a key, and breaks a group off when the next one begins. */
const KEY_MS = 520;
/** The same key again within a second and a half is no new answer. */
const BETWEEN_MS = 1_600;

/** Nobody's number, in the share of callers who are asked how it went, or not. */
function strangers(isAsked: boolean): string {
  const numbers = Array.from({ length: 200 }, (_, index) => `+46701740${String(600 + index)}`);
  return numbers.find((ani) => lotOf({ ani, callId: '' }, 'main-menu', 'ask-how-it-went') < 2_000 === isAsked) ?? '';
}

/** Groups of keys as steps of a scenario. */
const steps = (groups: string): string => groups.split(' ').map((digits) => `<nop><action><exec play_dtmf="${digits}"/></action></nop><pause milliseconds="${BETWEEN_MS + digits.length * KEY_MS}"/>`).join('');

describe.runIf(canPlayDigits)('each sample flow is walked to its end by keys in RTP', () => {
  let exchange: Exchange;
  beforeAll(async () => {
    exchange = await Exchange.start();
  });
  afterAll(() => exchange.close());

  it.concurrent.each([
    ['more time to pay', { service: EXTENSION, ani: DEMO_CALLER, keys: '1 471101# 1 2' }, ['read-back'], 'solved'],
    ['more time to pay, by customer number and PIN', { service: EXTENSION, ani: strangers(false), keys: '1 471102# 1001# 2580 1 2' }, ['read-back'], 'solved'],
    ['a copy', { service: MAIN_MENU, ani: DEMO_CALLER, keys: '2 2 471103# 2' }, ['copy-sent'], 'solved'],
    ['what is left to pay', { service: MAIN_MENU, ani: DEMO_CALLER, keys: '3 2580 2' }, ['several-open'], 'solved'],
    ['an outage', { service: MAIN_MENU, ani: strangers(false), keys: '4 11122 2 2' }, ['all-well'], 'told'],
    ['an outage, and two questions afterwards', { service: MAIN_MENU, ani: strangers(true), keys: '4 11122 2 2 1 5' }, ['all-well', 'was-it-solved', 'how-easy', 'thanks'], 'told'],
  ])('%s', async (_flow, { service, ani, keys }, heard, reason) => {
    const { sipCallId, done } = placeBySipp(exchange, 'uac-walk-expect-bye', { service, keys: { ani, steps: steps(keys) } });
    expect((await done).problem).toBe('');
    const said = exchange.log.of('says', sipCallId).flatMap((line) => line.fields['prompts']);
    expect(said).toEqual(expect.arrayContaining(heard));
    expect(await exchange.ended(sipCallId)).toMatchObject({ result: 'completed', reason });
  });

  it('a text of the knowledge source is said in its words, and the caller’s way shows them', () => {
    expect(JSON.stringify([...exchange.thread.interactions.values()])).toContain('dra ur routerns kontakt');
  });

  it('what was done was done once', async () => {
    const ledger = await exchange.ledger();
    expect(ledger.map(({ invoice }) => invoice).sort()).toEqual(['471101', '471102', '471103']);
  });
});
