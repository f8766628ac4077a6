import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadContactCentre } from '../core/acd/load-contact-centre.js';
import { brand, type AgentId } from '../core/ids.js';
import { projectFile } from '../project.js';
import { openAgentPhone } from './agent-phone.js';
import { describe } from './ladder-text.js';
import { HERTZ, numberOption } from './number-option.js';
import { Output } from './output.js';
import { runningSystem } from './state-file.js';

export const PHONE_HELP = `vaxel phone [options]
  Registers as an agent's phone and answers calls that ask to be answered at
  once (Accept on the desk). Ctrl-C ends it.
  --agent <id>       as in contact-centre.yaml (anna)
  --sip <host:port>  the SIP server (the system that \`vaxel up\` runs)
  --tone <Hz>        the agent's voice (440)
  --flows <folder>   the contact centre (FLOWS_DIR, or ivr-flows)
  --var <folder>     where \`vaxel up\` keeps its data (var)
  --json             one object a line`;

/** An agent's phone as a process: registers, answers what asks for it, says a tone. Ends on a signal or when its input closes. */
export async function phone(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      agent: { type: 'string', default: 'anna' },
      sip: { type: 'string' },
      tone: { type: 'string', default: '440' },
      json: { type: 'boolean', default: false },
      var: { type: 'string', default: projectFile('var') },
      flows: { type: 'string', default: process.env['FLOWS_DIR'] ?? projectFile('ivr-flows') },
    },
  });
  const output = new Output(values.json);
  const file = join(values.flows, 'contact-centre.yaml');
  const centre = loadContactCentre(readFileSync(file, 'utf8'), file);
  const agent = centre.ok ? centre.value.agents.get(brand<AgentId>(values.agent)) : undefined;
  if (agent === undefined) return output.problem(`no agent "${values.agent}" in ${file}`);
  const own = agent.phone;
  if (own === null) return output.problem(`agent "${values.agent}" takes no calls and has no phone`);
  const system = runningSystem(values.var);
  const password = process.env[own.passwordVariable] ?? system?.agents[values.agent]?.sipPassword ?? undefined;
  const sip = values.sip ?? system?.sip;
  if (sip === undefined) return output.problem('no running system found: start one with `npm start`, name the folder that it was started with by --var, or name it with --sip host:port');
  if (password === undefined) return output.problem(`the phone's password is not in the environment (${own.passwordVariable})`);

  const opened = await openAgentPhone({ aor: own.address, password, sip, rule: { kind: 'auto' }, toneHz: numberOption('tone', values.tone, HERTZ) });
  output.line({ event: 'ready', agent: values.agent, aor: own.address, address: opened.uri }, `phone of ${agent.name} registered as ${own.address}`);
  opened.on('call', (call) => {
    call.ladder.forEach((entry) => output.line({ ...entry }, describe(entry)));
    call.on('ladder', (entry) => output.line({ ...entry }, describe(entry)));
  });
  await untilToldToStop();
  await opened.close();
  return 0;
}

/** Resolves on SIGINT, SIGTERM, or when the supervisor's pipe closes. */
export function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    if (process.env['VAXEL_PARENT'] !== '1') return;
    process.stdin.resume();
    process.stdin.once('end', () => resolve());
    process.stdin.once('error', () => resolve());
  });
}
