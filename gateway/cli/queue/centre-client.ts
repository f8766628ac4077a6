import { z } from 'zod';
import { gatewayAddress, whyRefused, whyUnreachable } from '../flow/asked-gateway.js';

const errorSchema = z.object({ error: z.object({ detail: z.string(), issues: z.array(z.object({ path: z.string(), message: z.string() })).default([]) }) });

export interface CentreRequest {
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/v1/centre`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The version that was read. */
  readonly over?: string | undefined;
}

/** What a gateway answered: text and version, or why not, with every fault where there are some. */
export type CentreAnswer = { readonly ok: true; readonly text: string; readonly version: string } | { readonly ok: false; readonly why: string; readonly faults: readonly string[] };

export type AskCentre = (request: CentreRequest) => Promise<CentreAnswer>;

/** The API of the contact centre of the gateway that is named, or that `vaxel up` runs; null when there is none. */
export function centreOf(values: { readonly api?: string | undefined; readonly var: string }): AskCentre | null {
  const address = gatewayAddress(values);
  if (address === null) return null;
  const { url: base, token } = address;
  return async ({ method, path, query = {}, body, over }) => {
    const headers = { authorization: `Bearer ${token}`, ...(over === undefined ? {} : { 'if-match': `"${over}"` }) };
    try {
      const url = new URL(`/v1/centre${path}?${new URLSearchParams(query).toString()}`, base);
      const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
      const text = await response.text();
      if (response.ok) return { ok: true, text, version: (response.headers.get('etag') ?? '').replaceAll('"', '') };
      const known = errorSchema.safeParse(JSON.parse(text));
      const why = whyRefused(base, response.status, known.success ? known.data.error.detail : `the gateway answered ${response.status}`);
      return { ok: false, why, faults: known.success ? known.data.error.issues.map((one) => `${one.path}: ${one.message}`) : [] };
    } catch (error) {
      return { ok: false, why: whyUnreachable(base, error), faults: [] };
    }
  };
}
