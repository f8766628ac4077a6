import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentSum, type Figures } from '../../../gateway/core/acd/figures.js';
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
