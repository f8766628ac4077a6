import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../gateway/adapters/ws/limits.js';
import type { ServerEvent } from '../../../gateway/core/screen/messages.js';
import { ANNA, ANNA_TOKEN } from '../../support/fake-screen-host.js';
import { ScreenClient } from '../../support/screen-client.js';
import { roundTrip, ScreensRig } from '../../support/screens-rig.js';

const state = (since: number): ServerEvent => ({ type: 'agent', state: { phase: 'ready', since } });

let rig: ScreensRig;
beforeEach(async () => {
  rig = await ScreensRig.open();
});
afterEach(async () => {
  await rig.close();
  expect(rig.log.text()).not.toContain(ANNA_TOKEN);
  expect(rig.log.lines.filter((line) => line.level === 'error')).toEqual([]);
});

describe('events', () => {
  it('numbers them per agent and resolves a push at its acknowledgement', async () => {
    const { client, seq } = await rig.freshScreen();
    const pushed = rig.screens.push(ANNA, state(5), 150);
    const event = await client.nextEvent();
    expect(event).toMatchObject({ seq: seq + 1, at: rig.clock.now(), event: state(5) });
    rig.clock.advance(40);
    client.send({ type: 'ack', seq: event.seq });
    expect(await pushed).toEqual({ sentAt: rig.clock.now() - 40, acknowledgedAt: rig.clock.now() });
    expect(rig.screens.counts().waiting).toBe(0);
  });

  it('resolves a push with null when nobody acknowledged it in time', async () => {
    await rig.freshScreen();
    const pushed = rig.screens.push(ANNA, state(5), 150);
    rig.clock.advance(150);
    expect(await pushed).toEqual({ sentAt: rig.clock.now() - 150, acknowledgedAt: null });
  });

  it('does not wait when asked not to', async () => {
    const { client } = await rig.freshScreen();
    expect((await rig.screens.push(ANNA, state(5), 0)).acknowledgedAt).toBeNull();
    await client.nextEvent();
  });

  it('takes an acknowledgement as one for all before it', async () => {
    const { client } = await rig.freshScreen();
    const pushes = [rig.screens.push(ANNA, state(1), 150), rig.screens.push(ANNA, state(2), 150)];
    await client.nextEvent();
    const last = await client.nextEvent();
    client.send({ type: 'ack', seq: last.seq });
    expect((await Promise.all(pushes)).every((pushed) => pushed.acknowledgedAt !== null)).toBe(true);
  });

  it('ignores an acknowledgement of what was never sent', async () => {
    const { client, seq } = await rig.freshScreen();
    client.send({ type: 'ack', seq: seq + 50 });
    await roundTrip(client);
    const pushed = rig.screens.push(ANNA, state(5), 150);
    expect(rig.screens.counts().waiting).toBe(1);
    client.send({ type: 'ack', seq: seq + 1 });
    expect((await pushed).acknowledgedAt).not.toBeNull();
  });

  it('reaches every socket of the agent, and the acknowledgement of any counts', async () => {
    const first = await rig.freshScreen();
    const second = await rig.freshScreen();
    await first.client.nextEvent();
    const pushed = rig.screens.push(ANNA, state(7), 150);
    const [, atSecond] = await Promise.all([first.client.nextEvent(), second.client.nextEvent()]);
    second.client.send({ type: 'ack', seq: atSecond.seq });
    expect((await pushed).acknowledgedAt).not.toBeNull();
  });

  it('answers a push to an agent without any screen at once', async () => {
    expect(await rig.screens.push(ANNA, state(1), 150)).toEqual({ sentAt: null, acknowledgedAt: null });
  });

  it('never sends what does not fit the schema', async () => {
    const { client } = await rig.freshScreen();
    const broken = { type: 'offer', offerId: 'o' } as unknown as ServerEvent;
    expect(await rig.screens.push(ANNA, broken, 150)).toEqual({ sentAt: null, acknowledgedAt: null });
    expect(rig.log.lines.filter((line) => line.level === 'error').map((line) => line.message)).toEqual(['message to a screen does not fit its schema']);
    rig.log.lines.length = 0;
    await roundTrip(client);
  });
});

describe('a reconnect', () => {
  it('replays exactly what was missed, in order', async () => {
    const { client, session, seq } = await rig.freshScreen();
    await rig.screens.push(ANNA, state(1), 0);
    await client.nextEvent();
    await client.close();
    const late = rig.screens.push(ANNA, state(2), 150);
    await rig.screens.push(ANNA, state(3), 0);
    const again = await ScreenClient.signedIn(rig.port, { session, lastSeq: seq + 1 });
    expect(again.session).toBe(session);
    expect([rig.host.signIns, rig.host.returns]).toEqual([2, 1]);
    expect(await again.client.next()).toMatchObject({ type: 'event', seq: seq + 2, event: state(2) });
    expect(await again.client.next()).toMatchObject({ type: 'event', seq: seq + 3, event: state(3) });
    again.client.send({ type: 'ack', seq: seq + 3 });
    expect((await late).acknowledgedAt).not.toBeNull();
    expect(rig.host.signIns).toBe(2);
  });

  it('sends the whole present state when the session is not known', async () => {
    const { client } = await ScreenClient.signedIn(rig.port, { session: 'of-a-gateway-that-died', lastSeq: 9 });
    expect(await client.next()).toMatchObject({ type: 'resync', fromSeq: 1 });
  });

  it('sends the whole present state when events that were missed are no longer kept', async () => {
    await rig.close();
    rig = await ScreensRig.open({ keptEvents: 3 });
    const { client, session, seq } = await rig.freshScreen();
    await client.close();
    for (const since of [1, 2, 3, 4]) await rig.screens.push(ANNA, state(since), 0);
    const again = await ScreenClient.signedIn(rig.port, { session, lastSeq: seq });
    expect(await again.client.next()).toMatchObject({ type: 'resync', fromSeq: seq + 5 });
  });

  it('keeps no more bytes than allowed', async () => {
    await rig.close();
    rig = await ScreensRig.open({ keptBytes: 300 });
    const { client, session, seq } = await rig.freshScreen();
    await client.close();
    for (const since of [1, 2, 3, 4, 5, 6]) await rig.screens.push(ANNA, state(since), 0);
    const again = await ScreenClient.signedIn(rig.port, { session, lastSeq: seq });
    expect(await again.client.next()).toMatchObject({ type: 'resync' });
  });

  it('forgets a session that nobody came back to', async () => {
    const { client, session } = await rig.freshScreen();
    await client.close();
    await rig.host.until(() => rig.host.lost.length === 1);
    rig.clock.advance(DEFAULT_LIMITS.forgetAfterMs);
    expect(rig.screens.counts().agents).toBe(0);
    const again = await ScreenClient.signedIn(rig.port, { session, lastSeq: 1 });
    expect(again.session).not.toBe(session);
  });

  it('reads the present state again when an event overtook it', async () => {
    let reads = 0;
    rig.host.whilePresentState = async () => {
      reads += 1;
      if (reads === 1) {
        rig.host.present = [state(99)];
        await rig.screens.push(ANNA, state(99), 0);
      }
    };
    const { client } = await ScreenClient.signedIn(rig.port);
    await client.next();
    const shown = [await client.nextEvent(), await client.nextEvent()];
    expect(reads).toBe(2);
    expect(shown.map((message) => message.event)).toEqual([state(99), state(99)]);
  });
});
