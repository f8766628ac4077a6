import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answerTo, bareAgent, OFFER } from './agents.js';
import { PEER, PEER_TCP, requestText } from './fake-transport.js';

const METHODS = ['INVITE', 'INVITE', 'ACK', 'ACK', 'BYE', 'CANCEL', 'INFO', 'UPDATE', 'OPTIONS', 'NOTIFY', 'REFER', 'FOO'];
const TIMER = ['Session-Expires: 100;refresher=uas', 'Supported: timer'];

/** One message of a peer that does what it likes, mostly inside the dialog and in order. */
const message = fc.record({
  method: fc.constantFrom(...METHODS),
  cseq: fc.constantFrom('next', 'next', 'next', 'same', 'first'),
  branch: fc.constantFrom('new', 'new', 'new', 'z9hG4bKpeer1', '1'),
  isInDialog: fc.constantFrom(true, true, true, false),
  body: fc.constantFrom('', OFFER, OFFER, 'v=0'),
  isTcp: fc.boolean(),
  waitMs: fc.constantFrom(0, 0, 100, 600, 40_000),
  extra: fc.constantFrom([], [], TIMER, ['Session-Expires: 100'], ['Require: foo'], ['Record-Route: <sip:10.0.0.7;lr>'], ['Content-Type: text/plain']),
  cut: fc.option(fc.nat(400), { freq: 20 }),
});
const action = fc.constantFrom('ring', 'answer', 'answer', 'reject', 'hangUp', 'hold', 'nothing', 'nothing');
const start = fc.record({ extra: fc.constantFrom([], TIMER), hasOffer: fc.boolean(), isAnswered: fc.boolean(), isAcknowledged: fc.boolean() });

it('survives any order of requests and leaves nothing behind once all is over', async () => {
  await fc.assert(fc.asyncProperty(start, fc.array(fc.tuple(message, action), { maxLength: 10 }), async (first, steps) => {
    const t = await bareAgent();
    let cseq = 1;
    const act = (what: string): void => {
      const call = t.calls.at(-1);
      if (what === 'ring') call?.ring();
      if (what === 'answer') call?.answer(answerTo(OFFER));
      if (what === 'reject') call?.reject(486);
      if (what === 'hangUp') call?.hangUp();
      if (what === 'hold') void call?.hold();
    };
    t.deliver('INVITE', { extra: first.extra, ...(first.hasOffer ? { body: OFFER } : {}) });
    if (first.isAnswered) act('answer');
    if (first.isAcknowledged) t.inDialog('ACK', { cseq: 1 });
    for (const [index, [parts, what]] of steps.entries()) {
      const call = t.calls.at(-1);
      if (parts.cseq === 'next' && parts.method !== 'ACK') cseq++;
      const text = requestText(parts.method, {
        cseq: parts.cseq === 'first' ? 1 : cseq, branch: parts.branch === 'new' ? `z9hG4bKn${index}` : parts.branch, extra: parts.extra, body: parts.body,
        ...(parts.isInDialog && call ? { to: `<sip:100@10.0.0.1>;tag=${call.localTag}` } : { callId: `other-${index}` }),
      });
      t.transport.deliver(text.slice(0, parts.cut ?? undefined), parts.isTcp ? PEER_TCP : PEER);
      act(what);
      t.clock.advance(parts.waitMs);
      await Promise.resolve();
    }
    for (const call of t.calls) call.hangUp();
    for (let round = 0; round < 20; round++) {
      t.clock.advance(5000);
      await new Promise(setImmediate);
      // A call that is over has no timer of its own: all that is left belongs to transactions.
      if (t.agent.callCount === 0) expect(t.clock.pending).toBe(t.agent.stack.counts.timers);
    }
    expect(t.agent.callCount).toBe(0);
    expect(t.agent.stack.counts).toEqual({ clientTransactions: 0, serverTransactions: 0, timers: 0 });
    expect(t.clock.pending).toBe(0);
  }), { numRuns: process.env.VAXEL_LONG ? 5000 : 150 });
});
