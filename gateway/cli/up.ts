import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ContentError, readContent } from '../content.js';
import { loadContactCentre } from '../core/acd/load-contact-centre.js';
import type { ContactCentre } from '../core/acd/contact-centre.js';
import { networkAround } from '../core/acd/network.js';
import { formatProblem } from '../core/flow/problem.js';
import { brand, type AgentId } from '../core/ids.js';
import { projectFile } from '../project.js';
import { makeFolder, OWNER_ONLY } from './folder.js';
import { ownAddresses } from './local-address.js';
import { numberOption, PORTS } from './number-option.js';
import { portOrAny } from './supervisor/free-port.js';
import { installationSecrets } from './supervisor/secrets.js';
import { System, type RunningSystem } from './supervisor/system.js';
import { ensurePrograms, FOR_START } from './system-programs.js';
import { isStillRunning, runningSystem, STATE_FILE, type SystemState } from './state-file.js';
import { welcome } from './welcome.js';

export const UP_HELP = `vaxel up [options]
  Starts the whole system on this machine and prints how to reach it. Ctrl-C
  stops everything.
  --lan <ip>        opens it to the local network, at this address
  --sip-port <n>    5060; a port that cannot be had gives way to a free
                    one
  --http-port <n>   8080, the desk and the API
  --var <folder>    data, logs and secrets of this installation (var)
  --flows <folder>  flows and the contact centre (ivr-flows)
  --json            one object a line`;

const DEMO_AGENT = 'anna';
/** Extends an invoice of the demo customer: more time to pay, the number, yes, nothing else. Keys that come early are kept. */
const demoKeys = (invoice: string): string => `wait:1500 1 wait:1500 ${invoice}# wait:1500 1 wait:1000 2`;

/** Runs until a signal or Ctrl-C. @returns the process's exit status */
export async function up(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      lan: { type: 'string' },
      'sip-port': { type: 'string', default: '5060' },
      'http-port': { type: 'string', default: '8080' },
      var: { type: 'string', default: projectFile('var') },
      flows: { type: 'string', default: projectFile('ivr-flows') },
    },
  });
  const ports = { sip: numberOption('sip-port', values['sip-port'], PORTS), http: numberOption('http-port', values['http-port'], PORTS) };
  if (values.lan !== undefined && !ownAddresses().includes(values.lan)) throw new Error(`--lan ${values.lan}: no IPv4 address of this machine; it has ${ownAddresses().join(', ')}`);
  const begun = Date.now();
  const print = (line: string) => (values.json ? undefined : console.log(line));
  const missing = ensurePrograms(FOR_START, (line) => print(line));
  if (missing !== null) return complain(missing, values.json);

  const centreFile = join(values.flows, 'contact-centre.yaml');
  const centre = loadContactCentre(readFileSync(centreFile, 'utf8'), centreFile);
  if (!centre.ok) return complain(centre.problems.map(formatProblem).join('\n'), values.json);

  const varDir = resolve(values.var);
  makeFolder(varDir, '--var', OWNER_ONLY);
  const other = runningSystem(varDir);
  // Two would write into one Redis file and one database.
  if (other !== null && (await isStillRunning(other))) return complain(`the system of ${varDir} runs already, at ${other.api}: stop it with Ctrl-C there, or start another one with --var <folder>`, values.json);
  const names = [...centre.value.agents.values()].flatMap((agent) => [agent.tokenVariable, ...(agent.phone === null ? [] : [agent.phone.passwordVariable])]);
  const secrets = installationSecrets(join(varDir, 'secrets.json'), [...names, 'API_TOKEN', 'DRACHTIO_SECRET', 'FREESWITCH_PASSWORD']);
  const faults = contentFaults(resolve(values.flows), secrets);
  if (faults !== null) return complain(faults, values.json);
  const host = values.lan ?? '127.0.0.1';
  const portFor = async (wished: number, { whose, option, ...where }: { readonly whose: string; readonly option: string; readonly host: string; readonly needsUdp: boolean }): Promise<number> => {
    const { port, why } = await portOrAny(wished, where);
    if (why !== null) print(`  port ${wished} ${why}: ${whose} takes a free one, see below; ${option} names another`);
    return port;
  };
  const stopped = whenStopped();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.resolve(0));
  const system = new System({
    varDir,
    host,
    // Opened to the local network on purpose: softphones there may call.
    trunks: values.lan === undefined ? '' : (networkAround(`${values.lan}/24`) ?? `${values.lan}/24`),
    sipPort: await portFor(ports.sip, { whose: 'SIP', option: '--sip-port', host, needsUdp: true }),
    httpPort: await portFor(ports.http, { whose: 'the desk', option: '--http-port', host, needsUdp: false }),
    secrets,
    phonesFor: phonesOf(centre.value),
    flowsDir: resolve(values.flows),
    say: (line) => print(`  ${line}`),
    onFatal: (message) => {
      complain(message, values.json);
      stopped.resolve(1);
    },
  });
  try {
    const running = await Promise.race([system.start(), stopped.promise]);
    if (typeof running !== 'number') {
      const state = stateOf({ running, secrets, centre: centre.value });
      writeFileSync(join(varDir, STATE_FILE), `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
      chmodSync(join(varDir, STATE_FILE), 0o600);
      if (values.json) console.log(JSON.stringify({ event: 'ready', ...state }));
      else console.log(welcome({ state, varDir, tookMs: Date.now() - begun }));
    }
    return await stopped.promise;
  } catch (error) {
    return complain(error instanceof Error ? error.message : String(error), values.json);
  } finally {
    await system.stop();
    rmSync(join(varDir, STATE_FILE), { force: true });
  }
}

/** What is wrong with the content, before anything is started; null when nothing is. */
function contentFaults(flowsDir: string, secrets: Readonly<Record<string, string>>): string | null {
  try {
    // The address of the sample billing service is known when it runs.
    readContent(flowsDir, { ...process.env, ...secrets, BILLING_URL: 'http://127.0.0.1' });
    return null;
  } catch (error) {
    if (error instanceof ContentError) return error.message;
    throw error;
  }
}

/** A promise that the first signal or fatal error settles. */
function whenStopped(): { readonly promise: Promise<number>; readonly resolve: (status: number) => void } {
  let resolve: (status: number) => void = () => undefined;
  const promise = new Promise<number>((settle) => (resolve = settle));
  return { promise, resolve: (status) => resolve(status) };
}

/** Agents whose phones run as processes. */
const phonesOf = (centre: ContactCentre): readonly string[] => ((centre.agents.get(brand<AgentId>(DEMO_AGENT))?.phone ?? null) === null ? [] : [DEMO_AGENT]);

function complain(message: string, isJson: boolean): number {
  if (isJson) console.log(JSON.stringify({ event: 'error', message }));
  else console.error(`vaxel: ${message}`);
  return 1;
}

function stateOf(what: { readonly running: RunningSystem; readonly secrets: Readonly<Record<string, string>>; readonly centre: ContactCentre }): SystemState {
  const { running, secrets, centre } = what;
  const agents = Object.fromEntries(
    [...centre.agents.values()].map((agent) => [agent.id, { token: secrets[agent.tokenVariable] ?? '', sipPassword: agent.phone === null ? null : (secrets[agent.phone.passwordVariable] ?? '') }]),
  );
  const token = agents[DEMO_AGENT]?.token ?? '';
  return {
    sip: `${running.sip.host}:${running.sip.port}`,
    number: [...centre.numbers.keys()][0] ?? '',
    desk: `${running.httpUrl}/desk/#token=${token}`,
    api: running.httpUrl,
    token,
    apiToken: secrets['API_TOKEN'] ?? '',
    agents,
    phones: [...phonesOf(centre)],
    demo: { keys: demoKeys(running.demoInvoice), invoice: running.demoInvoice, billing: running.billingUrl },
    pids: running.pids(),
  };
}
