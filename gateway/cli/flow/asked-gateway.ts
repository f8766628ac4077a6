import { z } from 'zod';
import { runningSystem } from '../state-file.js';

export const NO_GATEWAY = 'no running gateway found: start one with `npm start` (or vaxel up), name the folder that it was started with by --var, or name it with --api and VAXEL_API_TOKEN';

const errorSchema = z.object({ error: z.object({ detail: z.string() }) });

const UNAUTHORISED = 401;

/** Why a gateway gave no answer that can be used, with what to do. */
export function whyUnreachable(url: string, error: unknown): string {
  if (!URL.canParse(url)) return `--api ${url}: write the address as http://127.0.0.1:8080`;
  const { cause = error } = error instanceof Error ? error : {};
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : error instanceof Error ? error.message : String(error);
  return `the gateway at ${url} does not answer (${code}): is it running, and is this its address?`;
}

/** The gateway's own words, but for a token that is not its: who reads this has given one. */
export const whyRefused = (url: string, status: number, detail: string): string => (status === UNAUTHORISED ? `the gateway at ${url} does not know this API token: set VAXEL_API_TOKEN to its API_TOKEN` : detail);

type Asked = { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly why: string };
type Lines = { readonly ok: true; readonly lines: AsyncIterable<string> } | { readonly ok: false; readonly why: string };

/** A gateway's API, with the author's token. */
export interface AskedGateway {
  ask(path: string, body?: object): Promise<Asked>;
  /** An answer that comes line by line. The lines end with an error when the gateway breaks off. */
  lines(path: string): Promise<Lines>;
}

/** Where the gateway is that is named, or that `vaxel up` runs, and the token for it; null when there is none. @throws in one sentence when the token is missing */
export function gatewayAddress({ api, var: folder }: { readonly api?: string | undefined; readonly var: string }): { readonly url: string; readonly token: string } | null {
  const system = api === undefined ? runningSystem(folder) : null;
  const url = api ?? system?.api;
  const token = process.env['VAXEL_API_TOKEN'] ?? system?.apiToken;
  if (url === undefined) return null;
  if (token === undefined) throw new Error(`--api ${url} needs the token of that gateway: set VAXEL_API_TOKEN to its API_TOKEN`);
  return { url, token };
}

/** The gateway that is named, or that `vaxel up` runs; null when there is none. */
export function gatewayOf(values: { readonly api?: string | undefined; readonly var: string }): AskedGateway | null {
  const address = gatewayAddress(values);
  if (address === null) return null;
  const { url, token } = address;
  const request = async (path: string, body?: object): Promise<Response | string> => {
    try {
      const response = await fetch(new URL(path, url), { headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }) });
      if (response.ok) return response;
      const known = errorSchema.safeParse(await response.json());
      return whyRefused(url, response.status, known.success ? known.data.error.detail : `the gateway answered ${response.status}`);
    } catch (error) {
      return whyUnreachable(url, error);
    }
  };
  return {
    ask: async (path, body) => {
      const response = await request(path, body);
      return typeof response === 'string' ? { ok: false, why: response } : { ok: true, body: await response.json() };
    },
    lines: async (path) => {
      const response = await request(path);
      return typeof response === 'string' ? { ok: false, why: response } : { ok: true, lines: linesOf(response) };
    },
  };
}

async function* linesOf({ body }: Response): AsyncGenerator<string> {
  if (body === null) return;
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}
