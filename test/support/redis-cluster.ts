import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import { vi } from 'vitest';
import { launchRedis, type TestRedis } from './redis-server.js';

const SLOTS = 16_384;

export interface TestCluster {
  /** `redis-cluster://…`, as the adapters take it; names one node only. */
  readonly url: string;
  readonly nodes: readonly TestRedis[];
  stop(): Promise<void>;
}

/** Three masters, each with a third of the slots, on ports of their own. */
export async function startRedisCluster(): Promise<TestCluster> {
  const nodes = await Promise.all(Array.from({ length: 3 }, () => startNode()));
  const clients = nodes.map(({ port }) => new Redis(port, '127.0.0.1'));
  const [first, ...others] = clients;
  if (first === undefined) throw new Error('a cluster has nodes');
  await Promise.all(clients.map((client, index) => client.call('CLUSTER', 'ADDSLOTSRANGE', Math.ceil((index * SLOTS) / 3), Math.ceil(((index + 1) * SLOTS) / 3) - 1)));
  await Promise.all(others.map((_, index) => first.call('CLUSTER', 'MEET', '127.0.0.1', nodes[index + 1]?.port ?? 0, nodes[index + 1]?.busPort ?? 0)));
  await Promise.all(clients.map((client) => vi.waitFor(async () => {
    if (!String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok')) throw new Error('the cluster is not up');
    if (!String(await client.call('CLUSTER', 'INFO')).includes('cluster_known_nodes:3')) throw new Error('not all nodes know each other');
  }, { timeout: 20_000, interval: 50 })));
  for (const client of clients) client.disconnect();
  return {
    url: `redis-cluster://127.0.0.1:${nodes[0]?.port ?? 0}`,
    nodes: nodes.map(({ server }) => server),
    stop: async () => void (await Promise.all(nodes.map(({ server }) => server.stop()))),
  };
}

async function startNode(): Promise<{ readonly server: TestRedis; readonly port: number; readonly busPort: number }> {
  const [port, busPort] = await Promise.all([freePort(), freePort()]);
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--cluster-enabled', 'yes', '--cluster-port', String(busPort), '--cluster-node-timeout', '1000', '--appendonly', 'yes', '--appendfsync', 'always'];
  return { server: await launchRedis(args), port, busPort };
}

/** A TCP port that the system has just given out and taken back. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
