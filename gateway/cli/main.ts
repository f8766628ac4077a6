type Command = (args: readonly string[]) => Promise<number>;

/** Each is loaded when it is asked for: a phone needs no prover, and starts the sooner for it. */
const COMMANDS: ReadonlyMap<string, () => Promise<{ readonly run: Command; readonly help: string }>> = new Map([
  ['up', () => import('./up.js').then(({ up, UP_HELP }) => ({ run: up, help: UP_HELP }))],
  ['call', () => import('./call.js').then(({ call, CALL_HELP }) => ({ run: call, help: CALL_HELP }))],
  ['agent', () => import('./agent.js').then(({ agent, AGENT_HELP }) => ({ run: agent, help: AGENT_HELP }))],
  ['flow', () => import('./flow/flow.js').then(({ flow, FLOW_HELP }) => ({ run: flow, help: FLOW_HELP }))],
  ['queue', () => import('./queue/queue.js').then(({ queue, QUEUE_HELP }) => ({ run: queue, help: QUEUE_HELP }))],
  ['phone', () => import('./phone.js').then(({ phone, PHONE_HELP }) => ({ run: phone, help: PHONE_HELP }))],
]);

const [name = 'help', ...args] = process.argv.slice(2);
process.exitCode = await main(name, args);

async function main(command: string, rest: readonly string[]): Promise<number> {
  const found = await COMMANDS.get(command)?.();
  // `vaxel flow check --help` is about that command alone.
  const isOfPart = (command === 'flow' || command === 'queue') && rest[0]?.startsWith('--') === false;
  if (found === undefined || (rest.includes('--help') && !isOfPart)) {
    const isAsked = command === 'help' || command === '--help' || found !== undefined;
    const text = found?.help ?? `vaxel: telephony and IVR voice gateway\n\n${(await allHelp()).join('\n\n')}`;
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

async function allHelp(): Promise<readonly string[]> {
  return (await Promise.all([...COMMANDS.values()].map((load) => load()))).map(({ help }) => help);
}
