import { parseArgs } from 'node:util';
import type { AgentPhone } from '../../media/phone/agent-phone.js';
import type { ServerEvent } from '../core/screen/messages.js';
import { projectFile } from '../project.js';
import { openAgentPhone } from './agent-phone.js';
import { DeskClient } from './desk-client.js';
import { describe } from './ladder-text.js';
import { Output } from './output.js';
import { untilToldToStop } from './phone.js';
import { runningSystem } from './state-file.js';

export const AGENT_HELP = `vaxel agent [--agent <id>] [--accept-after <s>] [--talk <s>] [--calls <n>] [--disposition <id>] [--decline] [--json]
  A headless agent: signs in over WebSocket, takes calls, files a disposition after each. Ctrl-C signs out.`;

const OPTIONS = {
  agent: { type: 'string', default: 'anna' },
  api: { type: 'string' },
  token: { type: 'string' },
  sip: { type: 'string' },
  /** Run a phone of our own even where the system runs one for this agent. */
  phone: { type: 'boolean', default: false },
  'accept-after': { type: 'string', default: '1' },
  decline: { type: 'boolean', default: false },
  /** Hang up after so long; without it the caller does. */
  talk: { type: 'string' },
  /** Sign out after so many calls; 0 = never. */
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
  const system = runningSystem(values.var);
  const own = system?.agents[values.agent];
  const [api, token, sip] = [values.api ?? system?.api, values.token ?? own?.token, values.sip ?? system?.sip];
  if (api === undefined || token === undefined || sip === undefined) {
    return output.problem(system === null ? 'no running system found: start one with `npm start`, or give --api, --token and --sip' : `no agent "${values.agent}": one of ${Object.keys(system.agents).join(', ')}`);
  }
  const needsPhone = values.phone || !(system?.phones.includes(values.agent) ?? false);
  const password = own?.sipPassword ?? process.env[`VAXEL_AGENT_${values.agent.toUpperCase()}_SIP_PASSWORD`];
  if (needsPhone && password === undefined) return output.problem(`the phone's password of "${values.agent}" is not known`);

  const { client, welcome } = await DeskClient.signIn(api, token);
  output.line({ event: 'signedIn', agent: welcome.agent, state: welcome.state }, `signed in as ${welcome.agent.name}`);
  client.on('message', (message) => (values.json && message.type !== 'welcome' ? output.line({ event: 'message', at: Date.now(), message }, '') : undefined));
  const answerAfterMs = Number(values['accept-after']) * 1_000;
  const rule = values.decline ? ({ kind: 'reject', status: 603 } as const) : welcome.agent.answer === 'phone' ? ({ kind: 'after', ms: answerAfterMs } as const) : ({ kind: 'auto' } as const);
  const phone = needsPhone ? await openAgentPhone({ aor: welcome.agent.phone, password: password ?? '', sip, rule, toneHz: Number(values.tone) }) : null;
  phone?.on('call', (call) => {
    call.ladder.forEach((entry) => output.line({ ...entry, leg: 'agent' }, describe(entry)));
    call.on('ladder', (entry) => output.line({ ...entry, leg: 'agent' }, describe(entry)));
  });

  const disposition = values.disposition ?? welcome.dispositions[0]?.id ?? 'other';
  const work = new Shift(client, output, {
    disposition,
    acceptAfterMs: welcome.agent.answer === 'screen' ? answerAfterMs : null,
    shouldDecline: values.decline,
    talkMs: values.talk === undefined ? null : Number(values.talk) * 1_000,
    maxCalls: Number(values.calls),
  });
  client.on('lost', () => output.line({ event: 'lost' }, 'the gateway is gone, trying to come back'));
  client.on('back', ({ state }) => output.line({ event: 'back', state }, `back: ${state.phase}`));
  const ready = await client.send({ type: 'ready' });
  if (!ready.ok) output.line({ event: 'error', ...ready.error }, `not ready: ${ready.error.detail}`);
  const outcome = await Promise.race([work.done, untilToldToStop().then(() => 0), new Promise<number>((resolve) => client.once('closed', () => resolve(1)))]);
  await leave(client, phone);
  return ready.ok ? outcome : 1;
}

async function leave(client: DeskClient, phone: AgentPhone | null): Promise<void> {
  await client.send({ type: 'signOut' }).catch(() => undefined);
  client.close();
  await phone?.close();
}

interface ShiftOptions {
  readonly disposition: string;
  /** Null: the phone itself answers. */
  readonly acceptAfterMs: number | null;
  readonly shouldDecline: boolean;
  readonly talkMs: number | null;
  readonly maxCalls: number;
}

/** What the agent does with each call: accept, talk, hang up, file. */
class Shift {
  readonly done: Promise<number>;
  private finish: (status: number) => void = () => undefined;
  private taken = 0;

  constructor(
    private readonly client: DeskClient,
    private readonly output: Output,
    private readonly options: ShiftOptions,
  ) {
    this.done = new Promise((resolve) => (this.finish = resolve));
    client.on('event', (event, at) => void this.react(event, at).catch((error: unknown) => output.problem(String(error))));
  }

  private async react(event: ServerEvent, at: number): Promise<void> {
    const { client, output, options } = this;
    switch (event.type) {
      case 'agent':
        return output.line({ event: 'state', at, state: event.state }, `state: ${event.state.phase}${'reason' in event.state ? ` (${event.state.reason})` : ''}`);
      case 'offer': {
        output.line({ event: 'offer', at, offerId: event.offerId, callId: event.context.callId }, offerText(event));
        if (options.shouldDecline) return void (await client.send({ type: 'decline', offerId: event.offerId }));
        if (options.acceptAfterMs === null) return;
        const { offerId } = event;
        setTimeout(() => void client.send({ type: 'accept', offerId }).catch(() => undefined), options.acceptAfterMs);
        return;
      }
      case 'offerClosed':
        return output.line({ event: 'offerClosed', at, offerId: event.offerId, why: event.why }, `offer closed: ${event.why}`);
      case 'talking': {
        output.line({ event: 'talking', at, callId: event.callId }, 'talking');
        const { callId } = event;
        if (options.talkMs !== null) setTimeout(() => void client.send({ type: 'hangUp', callId }).catch(() => undefined), options.talkMs);
        return;
      }
      case 'callEnded':
        output.line({ event: 'callEnded', at, callId: event.callId, by: event.by, talkMs: event.talkMs }, `call ended by the ${event.by} after ${Math.round(event.talkMs / 1_000)} s`);
        if (event.wrapUpUntil !== null) await client.send({ type: 'wrapUp', callId: event.callId, disposition: options.disposition, note: '' });
        this.taken += 1;
        if (options.maxCalls > 0 && this.taken >= options.maxCalls) this.finish(0);
        return;
    }
  }
}

function offerText(event: Extract<ServerEvent, { type: 'offer' }>): string {
  const { caller, queue, statedReason, path, thread } = event.context;
  const lines = [
    `offer: ${caller.number ?? 'withheld number'} ${caller.customer === null ? '' : `(${caller.customer.name}) `}in ${queue.name}${statedReason === null ? '' : `, about ${statedReason}`}`,
    ...path.flatMap((entry) => [entry.said === undefined ? [] : [`  heard:  ${entry.said}`], entry.entered === undefined ? [] : [`  keyed:  ${entry.entered}`], entry.did === undefined ? [] : [`  done:   ${entry.did}`]].flat()),
    ...thread.slice(0, 3).map((entry) => `  before: ${entry.at.slice(0, 10)} ${entry.channel}: ${entry.summary}`),
  ];
  return lines.join('\n');
}
