import { parseArgs } from 'node:util';
import type { AgentPhone } from '../../media/phone/agent-phone.js';
import { projectFile } from '../project.js';
import { openAgentPhone } from './agent-phone.js';
import { Shift } from './agent-shift.js';
import { DeskClient } from './desk-client.js';
import { whyUnreachable } from './flow/asked-gateway.js';
import { describe } from './ladder-text.js';
import { HERTZ, numberOption, SECONDS } from './number-option.js';
import { Output } from './output.js';
import { untilToldToStop } from './phone.js';
import { signOut } from './sign-out.js';
import { runningSystem } from './state-file.js';

export const AGENT_HELP = `vaxel agent [options]
  A headless agent: signs in over WebSocket, takes calls, files a disposition
  after each; takes chats, e-mails and cases, and says that they are done. One
  who takes no calls needs no phone. Ctrl-C signs out.
  --agent <id>        as in contact-centre.yaml (anna)
  --accept-after <s>  how long it rings (1)
  --decline           declines everything
  --talk <s>          hangs up, or is done, after so long
  --calls <n>         signs out after so many calls and items (0: never)
  --disposition <id>  what is filed after a call (the first there is)
  --phone             a phone of its own where the system runs one already
  --tone <Hz>         the agent's voice (440; 0: silence)
  --api <url>, --token <token>, --sip <host:port>
                      a gateway that \`vaxel up\` does not run
  --var <folder>      where \`vaxel up\` keeps its data (var)
  --json              one object a line`;

const OPTIONS = {
  agent: { type: 'string', default: 'anna' },
  api: { type: 'string' },
  token: { type: 'string' },
  sip: { type: 'string' },
  /** Run a phone of our own even where the system runs one for this agent. */
  phone: { type: 'boolean', default: false },
  'accept-after': { type: 'string', default: '1' },
  decline: { type: 'boolean', default: false },
  /** Hang up, or say that an item is done, after so long; without it the caller does, or whoever handed it in. */
  talk: { type: 'string' },
  /** Sign out after so many calls and items; 0 = never. */
  calls: { type: 'string', default: '0' },
  disposition: { type: 'string' },
  tone: { type: 'string', default: '440' },
  json: { type: 'boolean', default: false },
  var: { type: 'string', default: projectFile('var') },
} as const;

/** @returns 0 when it was told to stop or took as many calls as asked, 1 when the gateway was lost, 2 for wrong usage */
export async function agent(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const output = new Output(values.json);
  const answerAfterMs = numberOption('accept-after', values['accept-after'], SECONDS) * 1_000;
  const talkMs = values.talk === undefined ? null : numberOption('talk', values.talk, SECONDS) * 1_000;
  const maxCalls = numberOption('calls', values.calls, { from: 0, to: 1_000_000, isWhole: true });
  const toneHz = numberOption('tone', values.tone, HERTZ);
  const system = runningSystem(values.var);
  const own = system?.agents[values.agent];
  const [api, token, sip] = [values.api ?? system?.api, values.token ?? own?.token, values.sip ?? system?.sip];
  if (api === undefined || token === undefined) {
    return output.problem(system === null ? 'no running system found: start one with `npm start`, name the folder that it was started with by --var, or give --api, --token and, for calls, --sip' : `no agent "${values.agent}": one of ${Object.keys(system.agents).join(', ')}`);
  }
  const { client, welcome } = await signIn(api, token);
  const dispositions = welcome.dispositions.map(({ id }) => id);
  if (values.disposition !== undefined && !dispositions.includes(values.disposition)) {
    await leave(client, null);
    return output.problem(`--disposition ${values.disposition}: one of ${dispositions.join(', ')}`);
  }
  const aor = values.phone || !(system?.phones.includes(values.agent) ?? false) ? welcome.agent.phone : null;
  const password = own?.sipPassword ?? process.env[`VAXEL_AGENT_${values.agent.toUpperCase()}_SIP_PASSWORD`];
  if (aor !== null && (password === undefined || sip === undefined)) {
    await leave(client, null);
    return output.problem(sip === undefined ? 'where the phone is to register is not known: give --sip' : `the phone's password of "${values.agent}" is not known`);
  }
  output.line({ event: 'signedIn', agent: welcome.agent, state: welcome.state }, `signed in as ${welcome.agent.name}`);
  client.on('message', (message) => (values.json && message.type !== 'welcome' ? output.line({ event: 'message', at: Date.now(), message }, '') : undefined));
  const rule = values.decline ? ({ kind: 'reject', status: 603 } as const) : welcome.agent.answer === 'phone' ? ({ kind: 'after', ms: answerAfterMs } as const) : ({ kind: 'auto' } as const);
  const phone = aor === null ? null : await openAgentPhone({ aor, password: password ?? '', sip: sip ?? '', rule, toneHz }).catch((error: unknown) => leave(client, null).then(() => Promise.reject(error)));
  phone?.on('call', (call) => {
    call.ladder.forEach((entry) => output.line({ ...entry, leg: 'agent' }, describe(entry)));
    call.on('ladder', (entry) => output.line({ ...entry, leg: 'agent' }, describe(entry)));
  });

  const disposition = values.disposition ?? dispositions[0] ?? 'other';
  const work = new Shift(client, output, {
    disposition,
    acceptAfterMs: welcome.agent.answer === 'screen' ? answerAfterMs : null,
    takeAfterMs: answerAfterMs,
    shouldDecline: values.decline,
    talkMs,
    maxCalls,
  });
  let { state } = welcome;
  client.on('event', (event) => (event.type === 'agent' ? (state = event.state) : undefined));
  client.on('lost', () => output.line({ event: 'lost' }, 'the gateway is gone, trying to come back'));
  client.on('back', ({ state }) => output.line({ event: 'back', state }, `back: ${state.phase}`));
  const ready = await client.send({ type: 'ready' });
  if (!ready.ok) output.line({ event: 'error', ...ready.error }, `not ready: ${ready.error.detail}`);
  const outcome = await Promise.race([work.done, untilToldToStop().then(() => 0), new Promise<number>((resolve) => client.once('closed', () => resolve(1)))]);
  const why = await signOut(client, state).catch((error: unknown) => String(error));
  if (why !== null) output.line({ event: 'notSignedOut', why }, `still signed in: ${why}`);
  client.close();
  await phone?.close();
  return ready.ok ? outcome : 1;
}

/** @throws in one sentence, with the address, when nobody answers there */
async function signIn(api: string, token: string): ReturnType<typeof DeskClient.signIn> {
  try {
    return await DeskClient.signIn(api, token);
  } catch (error) {
    const isRefused = error instanceof Error && URL.canParse(api) && !('code' in error);
    throw isRefused ? error : new Error(whyUnreachable(api, error));
  }
}

async function leave(client: DeskClient, phone: AgentPhone | null): Promise<void> {
  await client.send({ type: 'signOut' }).catch(() => undefined);
  client.close();
  await phone?.close();
}
