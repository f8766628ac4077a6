import { erlangA } from '../../gateway/core/acd/erlang.js';
import { accuracyOf } from '../simulation/estimate-accuracy.js';
import { IMPATIENT, MULTI_SKILL, pooling } from '../simulation/houses.js';
import { drawn, waitsOf } from '../simulation/run-scenario.js';
import { startRedis } from '../support/redis-server.js';
import type { BenchResult } from './bench-result.js';
import type { RowOptions } from './rows.js';
import { median, rounded } from './statistics.js';
import { judge } from './verdict.js';

/** Figures of a simulation do not depend on how fast the machine is: there is nothing that should have stood still. */
const NO_ANCHOR = [1] as const;

/** `erlang-agreement`: the queue's scripts in virtual time against the exact answer for the calls that were drawn. */
export async function erlangAgreement({ isQuick }: RowOptions): Promise<BenchResult[]> {
  const server = await startRedis();
  const calls = isQuick ? 1_000 : 40_000;
  try {
    const houses = Object.entries(IMPATIENT).filter(([name]) => name !== 'a quiet house');
    const found = await Promise.all(
      houses.flatMap(([name, house]) =>
        [1, 2].map(async (seed) => {
          const scenario = { ...house, seed, calls };
          const [measured, exact] = [await waitsOf(server.url, scenario, calls / 20), erlangA(drawn(scenario))];
          return { name, abandonment: measured.abandonment / exact.abandonment, meanWait: measured.meanWaitMs / exact.meanWaitMs };
        }),
      ),
    );
    const off = (of: (one: (typeof found)[number]) => number) => houses.map(([name]) => Math.abs(mean(found.filter((one) => one.name === name).map(of)) - 1));
    const rounds = [Math.max(...off((one) => one.abandonment), ...off((one) => one.meanWait))];
    return [judge({ name: 'erlang-agreement', kind: 'value', unit: 'largest relative error of P(ab) and E[W]', goal: { atMost: 0.03 }, rounds, anchors: NO_ANCHOR, detail: { anchor: 'Erlang A for what was drawn', calls, measuredByExact: found } })];
  } finally {
    await server.stop();
  }
}

/** `pooling-efficiency`: what a second skill an agent brings of what all six would bring. */
export async function poolingEfficiency({ isQuick }: RowOptions): Promise<BenchResult[]> {
  const server = await startRedis();
  const calls = isQuick ? 2_000 : 40_000;
  try {
    const rounds = await Promise.all(
      [1, 2].map(async (seed) => {
        const asa = (skills: number) => waitsOf(server.url, { ...pooling(skills), seed, calls }, calls / 20).then(({ meanWaitMs }) => meanWaitMs / 1_000);
        const [one, two, all] = await Promise.all([asa(1), asa(2), asa(6)]);
        return { gain: (one - two) / (one - all), asaS: [one, two, all].map((seconds) => rounded(seconds)) };
      }),
    );
    return [judge({ name: 'pooling-efficiency', kind: 'ratio', unit: '(ASA1 - ASA2) / (ASA1 - ASA6)', goal: { atLeast: 0.95 }, rounds: rounds.map(({ gain }) => gain), anchors: NO_ANCHOR, detail: { calls, asaS: rounds.map((round) => round.asaS) } })];
  } finally {
    await server.stop();
  }
}

/** `ewt-accuracy`: estimated against actual waits next to the wait of the last caller served. The worst house counts. */
export async function ewtAccuracy({ isQuick }: RowOptions): Promise<BenchResult[]> {
  const server = await startRedis();
  const calls = isQuick ? 2_000 : 20_000;
  try {
    const found = await Promise.all(
      Object.entries(MULTI_SKILL).map(async ([name, house]) => {
        const runs = await Promise.all([1, 2].map((seed) => accuracyOf(server.url, { ...house, seed, calls }, calls / 10)));
        const of = (figure: (run: (typeof runs)[number]) => number) => rounded(mean(runs.map(figure)));
        return { name, ratio: of((run) => run.estimator.relRmse / run.lastServed.relRmse), relRmse: of((run) => run.estimator.relRmse), lastServed: of((run) => run.lastServed.relRmse), bias: of((run) => run.estimator.bias) };
      }),
    );
    const bias = Math.max(...found.map((house) => Math.abs(house.bias)));
    return [
      judge({
        name: 'ewt-accuracy', kind: 'ratio', unit: 'relRMSE / relRMSE of the last served caller’s wait', goal: { atMost: 0.78 }, rounds: [Math.max(...found.map(({ ratio }) => ratio))], anchors: NO_ANCHOR,
        also: { '|bias| <= 10 %': bias <= 0.1 },
        detail: { anchor: 'wait of the last caller of the type who was answered (LES)', calls, medianRatio: median(found.map(({ ratio }) => ratio)), houses: found },
      }),
    ];
  } finally {
    await server.stop();
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
