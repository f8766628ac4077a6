import { AGENT_HELP, agent } from './agent.js';
import { CALL_HELP, call } from './call.js';
import { FLOW_HELP, flow } from './flow/flow.js';
import { PHONE_HELP, phone } from './phone.js';
import { queue, QUEUE_HELP } from './queue/queue.js';
import { UP_HELP, up } from './up.js';

type Command = (args: readonly string[]) => Promise<number>;

const COMMANDS: ReadonlyMap<string, { readonly run: Command; readonly help: string }> = new Map([
  ['up', { run: up, help: UP_HELP }],
  ['call', { run: call, help: CALL_HELP }],
  ['agent', { run: agent, help: AGENT_HELP }],
  ['flow', { run: flow, help: FLOW_HELP }],
  ['queue', { run: queue, help: QUEUE_HELP }],
  ['phone', { run: phone, help: PHONE_HELP }],
]);

const [name = 'help', ...args] = process.argv.slice(2);
process.exitCode = await main(name, args);

async function main(command: string, rest: readonly string[]): Promise<number> {
  const found = COMMANDS.get(command);
  // `vaxel flow check --help` is about that command alone.
  const isOfPart = (command === 'flow' || command === 'queue') && rest[0]?.startsWith('--') === false;
  if (found === undefined || (rest.includes('--help') && !isOfPart)) {
    const isAsked = command === 'help' || command === '--help' || found !== undefined;
    const text = found?.help ?? `vaxel: telephony and IVR voice gateway\n\n${[...COMMANDS.values()].map(({ help }) => help).join('\n\n')}`;
    if (!isAsked) console.error(`vaxel: there is no command "${command}"\n`);
    (isAsked ? console.log : console.error)(text);
    return isAsked ? 0 : 2;
  }
  try {
    return await found.run(rest);
  } catch (error) {
    // parseArgs and the like: a wrong option is one sentence, not a stack.
    console.error(`vaxel ${command}: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  }
}
