import { parseArgs } from 'node:util';
import { projectFile } from '../../project.js';
import { gatewayOf, NO_GATEWAY } from '../flow/asked-gateway.js';
import { Output } from '../output.js';
import { ownName } from '../said.js';
import { rosterSchema, rosterText } from './roster-text.js';

export const SHOW_HELP = `vaxel queue show [options]
  Who is signed in and who waits, just now: agents with their state, calls with
  their place and needs, callbacks that rest with when they are tried next,
  gateways with their calls, and which of them are drained.
  --var <folder>  where \`vaxel up\` keeps its data (var)
  --api <url>     a gateway that \`vaxel up\` does not run; VAXEL_API_TOKEN is its
                  API_TOKEN
  --json          one object`;

export const ORDER_HELP = `vaxel queue free <agent>
  For one who is stuck: they are not ready, their chats, e-mails and cases go
  to others, a call that is with nobody is over. A talk goes on.
vaxel queue logout <agent>
  At once, or after the talk and everything open.
vaxel queue drop <call>
  A waiting caller goes to the number's last resort; a callback is not made, be
  it in line or at rest between its tries.
vaxel queue move <call> <queue>
  To another queue; the time waited counts there.
vaxel queue drain <node>
  Takes no more callers until it is resumed, or started again; the calls that
  it has go on. The other gateways at its SIP server get them; where there is
  none callers are refused with 503, and a trunk that knows another SIP server
  goes on to that.
vaxel queue resume <node>
  Takes callers again.

  Names as \`vaxel queue show\` prints them. All of them take
  --by <name>     who orders it, for the log (who is signed in on this machine)
  --var <folder>  where \`vaxel up\` keeps its data (var)
  --api <url>     a gateway that \`vaxel up\` does not run; VAXEL_API_TOKEN is its
                  API_TOKEN
  --json          one object`;

const OPTIONS = { api: { type: 'string' }, var: { type: 'string', default: projectFile('var') }, json: { type: 'boolean', default: false } } as const;
const ORDER_OPTIONS = { ...OPTIONS, by: { type: 'string', default: ownName() } } as const;

/** @returns 0, or 2 for wrong usage or without an answer of the gateway */
export async function show(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const output = new Output(values.json);
  const gateway = gatewayOf(values);
  if (gateway === null) return output.problem(NO_GATEWAY);
  const asked = await gateway.ask('/v1/queue');
  if (!asked.ok) return output.problem(asked.why);
  const roster = rosterSchema.parse(asked.body);
  output.line({ event: 'queue', ...roster }, rosterText(roster, Date.now()));
  return 0;
}

/** The orders, by name, with what each is about. */
const ABOUT: Readonly<Record<string, readonly string[]>> = { free: ['agent'], logout: ['agent'], drop: ['call'], move: ['call', 'queue'], drain: ['node'], resume: ['node'] };
export const ORDERS: readonly string[] = Object.keys(ABOUT);

/** @returns 0 when it was done, 1 when it was refused, 2 for wrong usage or without a gateway */
export async function order(name: string, args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options: ORDER_OPTIONS, allowPositionals: true });
  const output = new Output(values.json);
  const about = ABOUT[name] ?? [];
  const [missing, extra] = [about[positionals.length], positionals[about.length]];
  if (missing !== undefined || extra !== undefined) return output.problem(`queue ${name} ${about.map((what) => `<${what}>`).join(' ')}: ${missing === undefined ? `${extra ?? ''} is too much` : `name the ${missing}, as \`vaxel queue show\` prints it`}`);
  const gateway = gatewayOf(values);
  if (gateway === null) return output.problem(NO_GATEWAY);
  const named = Object.fromEntries(about.map((what, at) => [what, positionals[at]]));
  const asked = await gateway.ask('/v1/queue/orders', { do: name, ...named, by: values.by });
  if (asked.ok) output.line({ event: 'done', do: name, ...named }, `done: ${name} ${positionals.join(' ')}`);
  else output.line({ event: 'refused', why: asked.why }, `refused: ${asked.why}`);
  return asked.ok ? 0 : 1;
}
