import { join, resolve } from 'node:path';
import { projectFile } from '../project.js';
import type { SystemState } from './state-file.js';

export interface Started {
  readonly state: SystemState;
  /** Where the system keeps its data: other commands look for it in the usual folder. */
  readonly varDir: string;
  readonly tookMs: number;
}

/** What `vaxel up` says when all is up: where everything is, and commands to begin with, as they are to be typed. */
export function welcome({ state, varDir, tookMs }: Started): string {
  const [address = ''] = state.sip.split(' ');
  const where = resolve(varDir) === projectFile('var') ? '' : ` --var ${quoted(varDir)}`;
  return `
Växel is up (${(tookMs / 1_000).toFixed(1)} s)

  SIP             sip:${state.number}@${address}
                  over UDP and TCP, with any softphone
  Service number  ${state.number}
  Sample billing  ${state.demo.billing}/invoices/${state.demo.invoice}
  Logs            ${join(varDir, 'log')}

The desk of the demo agent: choose Ready, and Accept answers a call at a phone
that runs in the background
  ${state.desk}

A call that extends invoice ${state.demo.invoice} by keypad
  npx vaxel call --keys "${state.demo.keys}"${where}
A call that asks for a person
  npx vaxel call --keys "wait:1500 0" --talk 30${where}
Who is signed in and who waits
  npx vaxel queue show${where}

Ctrl-C stops everything.`;
}

/** As a shell takes it. */
const quoted = (path: string): string => (/^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`);
