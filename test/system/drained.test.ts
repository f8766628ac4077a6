import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GatewayState } from '../../gateway/core/acd/queue-types.js';
import type { CallerCall } from '../../media/phone/headless-phone.js';
import { bySipCallId, GatewayPair } from '../support/gateway-pair.js';
import { ProcessExchange, type GatewayProcess } from '../support/process-exchange.js';
import { vaxelIn, type JsonLine } from '../support/vaxel-command.js';

const FLOWS = fileURLToPath(new URL('./flows', import.meta.url));
const API_TOKEN = 'a-token-of-operators-for-tests-only';

/** The tests of this file are one story. Every order is given to the other gateway, not to the one that it is about. */
describe('one of two gateways that is drained', () => {
  let exchange: ProcessExchange;
  let drained: GatewayProcess;
  let other: GatewayProcess;
  let name: string;
  let served: CallerCall;
  beforeAll(async () => {
    exchange = await ProcessExchange.start({ FLOWS_DIR: FLOWS, API_TOKEN, DRAIN_MS: '20000' });
    drained = exchange.gateway;
    name = (await nodesAt(drained))[0]?.node ?? '';
    other = await exchange.startAnother();
    served = await new GatewayPair(exchange, [drained, other]).callTo(drained, '');
  });
  afterAll(async () => {
    await drained.stop();
    await exchange.close();
  });

  const queue = async (at: GatewayProcess, event: string, ...args: readonly string[]): Promise<JsonLine> => vaxelIn({ VAXEL_API_TOKEN: API_TOKEN }, 'queue', ...args, '--api', await at.ready, '--json').line(event);
  const nodesAt = async (at: GatewayProcess): Promise<readonly GatewayState[]> => (await queue(at, 'queue', 'show'))['nodes'] as readonly GatewayState[];
  const drainedAt = async (at: GatewayProcess): Promise<readonly string[]> => (await nodesAt(at)).filter(({ isDrained }) => isDrained).map(({ node }) => node);
  /** Six calls one after the other, by who took them. */
  async function takers(): Promise<ReadonlySet<GatewayProcess | null>> {
    const took = new Set<GatewayProcess | null>();
    for (let left = 6; left > 0; left -= 1) {
      const call = await exchange.call('');
      took.add(await Promise.race([...[drained, other].map((one) => one.logged('call arrived', bySipCallId(call)).then(() => one)), call.finished.then(() => null)]));
      call.hangUp();
      await call.finished;
    }
    return took;
  }

  it('is seen at each of them, and gets no caller: none is refused, the other one takes them all', async () => {
    expect(await drainedAt(other)).toEqual([]);
    expect(await queue(other, 'done', 'drain', name, '--by', 'Eva')).toMatchObject({ do: 'drain', node: name });
    expect([await drainedAt(drained), await drainedAt(other)]).toEqual([[name], [name]]);
    expect(await takers()).toEqual(new Set([other]));
  });

  it('still serves the call that it has', async () => {
    expect(served.call.state).toBe('up');
    expect((await nodesAt(other)).find(({ node }) => node === name)).toMatchObject({ calls: 1 });
    served.hangUp();
    expect(await drained.logged('call ended', bySipCallId(served))).toMatchObject({ result: 'abandoned' });
    await expect.poll(async () => (await nodesAt(other)).find(({ node }) => node === name)?.calls, { timeout: 20_000 }).toBe(0);
  });

  it('takes calls again once it is resumed', async () => {
    expect(await queue(other, 'done', 'resume', name, '--by', 'Eva')).toMatchObject({ do: 'resume', node: name });
    expect([await drainedAt(drained), await drainedAt(other)]).toEqual([[], []]);
    expect(await takers()).toEqual(new Set([drained, other]));
  });

  it('is seen as drained while it stops, and is not resumed any more', async () => {
    const last = await new GatewayPair(exchange, [drained, other]).callTo(drained, '');
    drained.signal('SIGTERM');
    await expect.poll(() => drainedAt(other), { timeout: 20_000 }).toEqual([name]);
    expect(await queue(other, 'refused', 'resume', name, '--by', 'Eva')).toMatchObject({ why: expect.stringContaining(`${name} stops`) });
    expect(await takers()).toEqual(new Set([other]));
    last.hangUp();
    await drained.exited;
    await expect.poll(() => drainedAt(other), { timeout: 20_000 }).toEqual([]);
  });
});
