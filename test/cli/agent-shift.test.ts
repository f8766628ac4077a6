import { EventEmitter } from 'node:events';
import { expect, it, vi } from 'vitest';
import { Shift } from '../../gateway/cli/agent-shift.js';
import type { DeskClient } from '../../gateway/cli/desk-client.js';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';
import { sampleContext } from '../support/sample-context.js';

/** A gateway that answers every command, and keeps them. */
class FakeDesk extends EventEmitter {
  readonly sent: object[] = [];

  send = (command: object): ReturnType<DeskClient['send']> => {
    this.sent.push(command);
    return Promise.resolve({ type: 'result', re: 'c1', ok: true });
  };
}

const offer = (offerId: string, otherCalls: number): ServerEvent => ({ type: 'offer', offerId, expiresAt: 20_000, answer: 'screen', context: sampleContext(0, { offerId, otherCalls }) });

it('an item is taken once, said to be done after its time, and counts when it is gone', async () => {
  const desk = new FakeDesk();
  const shift = new Shift(desk as unknown as DeskClient, { line: () => undefined, problem: () => 2 }, { disposition: 'other', acceptAfterMs: null, takeAfterMs: 0, shouldDecline: false, talkMs: 0, maxCalls: 1 });
  const item = { itemId: 'i1', channel: 'chat' as const, queue: { id: 'q', name: 'Q' }, title: 'Hello', link: null, customer: null, createdAt: 0 };
  const items = { type: 'items' as const, channel: 'chat' as const, phase: 'ready' as const, slots: 3, offer: null, open: [] };
  const offered: ServerEvent = { ...items, phase: 'reserved', offer: { offerId: 'o1', expiresAt: 20_000, item } };
  desk.emit('event', offered, 0);
  desk.emit('event', offered, 1);
  await vi.waitFor(() => expect(desk.sent).toEqual([{ type: 'accept', offerId: 'o1' }]));
  desk.emit('event', { ...items, open: [item] }, 2);
  desk.emit('event', { ...items, channel: 'email', open: [] }, 3);
  await vi.waitFor(() => expect(desk.sent.slice(1)).toEqual([{ type: 'done', itemId: 'i1', note: '' }]));
  desk.emit('event', items, 4);
  expect(await shift.done).toBe(0);
});

it('an open offer that is shown anew is told once and accepted once; the next one is another', async () => {
  const desk = new FakeDesk();
  const told: unknown[] = [];
  const shift = new Shift(desk as unknown as DeskClient, { line: (fields) => void told.push(fields['offerId']), problem: () => 2 }, { disposition: 'other', acceptAfterMs: 0, takeAfterMs: 0, shouldDecline: false, talkMs: null, maxCalls: 1 });
  desk.emit('event', offer('offer-1', 1), 0);
  desk.emit('event', offer('offer-1', 0), 1);
  desk.emit('event', offer('offer-2', 0), 2);
  await vi.waitFor(() => expect(desk.sent).toEqual([{ type: 'accept', offerId: 'offer-1' }, { type: 'accept', offerId: 'offer-2' }]));
  expect(told).toEqual(['offer-1', 'offer-2']);
  desk.emit('event', { type: 'callEnded', callId: 'call-1', by: 'agent', talkMs: 1, wrapUpUntil: null }, 3);
  expect(await shift.done).toBe(0);
});

it('an agent of a callback talks, and hangs up after their time, once the customer is there; who was not reached is told as that', async () => {
  const desk = new FakeDesk();
  const told: string[] = [];
  const shift = new Shift(desk as unknown as DeskClient, { line: (_fields, text) => void told.push(text), problem: () => 2 }, { disposition: 'other', acceptAfterMs: null, takeAfterMs: 0, shouldDecline: false, talkMs: 0, maxCalls: 2 });
  const asked = { number: '+46701234567', askedAt: 0, via: 'line' as const, attempts: [{ at: 60_000, outcome: 'busy' as const }] };
  const context = (isRinging: boolean) => sampleContext(0, { callback: { ...asked, isRinging } });
  desk.emit('event', { type: 'offer', offerId: 'offer-1', expiresAt: 20_000, answer: 'screen', context: context(false) }, 0);
  desk.emit('event', { type: 'talking', callId: 'call-1', since: 0, context: context(true) }, 1);
  desk.emit('event', { type: 'callEnded', callId: 'call-1', by: 'system', talkMs: 0, wrapUpUntil: null, notReached: { outcome: 'noAnswer', againAt: null } }, 2);
  desk.emit('event', { type: 'talking', callId: 'call-2', since: 0, context: context(false) }, 3);
  await vi.waitFor(() => expect(desk.sent).toEqual([{ type: 'hangUp', callId: 'call-2' }]));
  desk.emit('event', { type: 'callEnded', callId: 'call-2', by: 'agent', talkMs: 1, wrapUpUntil: null }, 4);
  expect(await shift.done).toBe(0);
  expect(told[0]).toMatch(/^offer: callback to \+46701234567 /);
  expect(told[0]).toMatch(/tried: .* busy/);
  expect(told.slice(1)).toEqual(['the customer’s phone rings', 'customer not reached: no answer; that was the last try', 'talking', 'call ended by the agent after 0 s']);
});
