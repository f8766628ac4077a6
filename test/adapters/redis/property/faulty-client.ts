import type { ScriptClient } from '../../../../gateway/adapters/redis/connection.js';
import type { Random } from './random.js';

export interface Faults {
  /** Share of commands that wait for some turns of the event loop first, whose reply is lost, and that are sent twice. */
  readonly delayed: number;
  readonly lost: number;
  readonly doubled: number;
  /** Commands that are never doubled: they act anew each time. */
  readonly single: ReadonlySet<string>;
}

/** A connection that delays, loses replies after the script ran, and sends commands twice. */
export function faultyClient(client: ScriptClient, random: Random, faults: Faults): ScriptClient {
  const spoiled = (send: () => Promise<unknown>, mayDouble: boolean) => async () => {
    if (random.chance(faults.delayed)) for (let turns = random.below(6); turns >= 0; turns -= 1) await new Promise((resolve) => setImmediate(resolve));
    if (mayDouble && random.chance(faults.doubled)) {
      const [first] = await Promise.all([send(), send()]);
      return first;
    }
    const reply = await send();
    if (random.chance(faults.lost)) throw new Error('the reply was lost');
    return reply;
  };
  return {
    fcall: (name, keys, ...args) => spoiled(() => client.fcall(name, keys, ...args), !faults.single.has(name))(),
    function: (subcommand, source) => client.function(subcommand, source),
  };
}
