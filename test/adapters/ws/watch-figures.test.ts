import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentSum, type Figures } from '../../../gateway/core/acd/figures.js';
import { FigureFrames } from '../../../gateway/adapters/ws/figure-frames.js';
import { FakeClock } from '../../support/fake-clock.js';
import { KeptLog } from '../../support/silent-log.js';
import type { ScreenClient } from '../../support/screen-client.js';
import { ScreensRig } from '../../support/screens-rig.js';

const figures = (talking: number): Figures => ({
  from: 0, to: 86_400_000, blockedCallers: { byNumber: 0, withheld: 0 }, queues: [], agentsByPhase: { talking }, agents: [new AgentSum().figures('anna', { phase: 'talking', reason: null, since: 5 })],
});

describe('figures on a screen', () => {
  let rig: ScreensRig;
  let client: ScreenClient;
  beforeEach(async () => {
    rig = await ScreensRig.open();
    ({ client } = await rig.freshScreen());
    rig.host.figures = figures(0);
  });
  afterEach(() => rig.close());
  const show = (now: Figures) => {
    for (const watcher of rig.host.watchers) watcher(now);
  };
  /** Returns when the gateway has answered. */
  const watch = async (id: string, isOn: boolean) => {
    client.send({ type: 'watchFigures', id, isOn });
    for (;;) {
      const message = await client.next();
      if (message.type === 'result' && message.re === id) return;
    }
  };

  it('come at once to who watches them, and whenever they change', async () => {
    client.send({ type: 'watchFigures', id: 'w', isOn: true, hasAgents: true });
    expect(await client.next()).toEqual({ type: 'result', re: 'w', ok: true });
    expect(await client.next()).toEqual({ type: 'figures', at: rig.clock.now(), figures: figures(0) });
    show(figures(1));
    expect(await client.next()).toMatchObject({ type: 'figures', figures: { agentsByPhase: { talking: 1 } } });
  });

  it('leave out single agents unless they are asked for', async () => {
    client.send({ type: 'watchFigures', id: 'w', isOn: true });
    await client.next();
    expect(await client.next()).toMatchObject({ type: 'figures', figures: { agents: [], agentsByPhase: { talking: 0 } } });
  });

  it('come once however often they are asked for, and no more after that is taken back', async () => {
    for (const id of ['1', '2']) await watch(id, true);
    expect(rig.host.watchers.size).toBe(1);
    await watch('3', false);
    expect(rig.host.watchers.size).toBe(0);
  });

  it('come to nobody who did not ask, and end with the socket', async () => {
    expect(rig.host.watchers.size).toBe(0);
    await watch('w', true);
    await client.close();
    await rig.host.until(() => rig.host.lost.length === 1);
    expect(rig.host.watchers.size).toBe(0);
  });
});

describe('the frame of figures', () => {
  it('is made once for all who watch the same ones, with single agents or without, and anew for the next', () => {
    const frames = new FigureFrames({ clock: new FakeClock(), log: new KeptLog() });
    const now = figures(1);
    let reads = 0;
    const counted = Object.defineProperty({ ...now }, 'queues', { enumerable: true, get: () => ((reads += 1), now.queues) });
    const [whole, lines] = [frames.of(counted, true), frames.of(counted, false)];
    expect([whole, lines].map((frame) => (JSON.parse(frame ?? '') as { figures: Figures }).figures.agents.length)).toEqual([1, 0]);
    const once = reads;
    expect([frames.of(counted, true), frames.of(counted, false)]).toEqual([whole, lines]);
    expect([once > 0, reads]).toEqual([true, once]);
    expect(frames.of(figures(2), true)).toContain('"talking":2');
  });
});
