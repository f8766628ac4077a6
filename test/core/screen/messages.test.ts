import { describe, expect, it } from 'vitest';
import { clientMessageSchema, serverMessageSchema } from '../../../gateway/core/screen/messages.js';
import { sampleContext } from '../../support/sample-context.js';

describe('messages of vaxel.v1', () => {
  it.each([
    [{ type: 'signIn', id: '1', token: 't' }, true],
    [{ type: 'signIn', id: '1', token: 't', lastSeq: 4, session: 's' }, true],
    [{ type: 'signIn', id: '1', token: '' }, false],
    [{ type: 'ack', seq: 1 }, true],
    [{ type: 'ack', seq: 0 }, false],
    [{ type: 'ack', seq: 1.5 }, false],
    [{ type: 'notReady', id: '1', reason: 'lunch' }, true],
    [{ type: 'notReady', id: '1' }, false],
    [{ type: 'ready', id: '' }, false],
    [{ type: 'ready', id: 'x'.repeat(65) }, false],
    [{ type: 'wrapUp', id: '1', callId: 'c', disposition: 'solved' }, true],
    [{ type: 'ready', id: '1', agentId: 'someone-else' }, false],
  ])('from a screen: %j fits: %s', (message, fits) => {
    expect(clientMessageSchema.safeParse(message).success).toBe(fits);
  });

  it('to a screen: an offer carries the whole context', () => {
    const context = sampleContext(1_800_000_000_000);
    const event = { type: 'offer', offerId: 'o', expiresAt: 1_800_000_015_000, answer: 'screen', context };
    expect(serverMessageSchema.parse({ type: 'event', seq: 1, at: 1_800_000_000_000, event })).toMatchObject({ event: { context } });
    const { caller: _caller, ...incomplete } = context;
    expect(serverMessageSchema.safeParse({ type: 'event', seq: 1, at: 1, event: { ...event, context: incomplete } }).success).toBe(false);
  });
});
