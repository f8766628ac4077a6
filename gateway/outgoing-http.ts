/** What all requests to services of others have in common: a limit, a bounded answer, and a name for what went wrong. */

/** Runs the work with a signal that ends it after `limitMs`, or when the caller's signal says so; the signal's reason tells which. */
export async function withinLimit<T>(limitMs: number, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  // Not AbortSignal.timeout under AbortSignal.any: Node 20 can collect both while the request waits, and then nothing ends it.
  const limit = new AbortController();
  const callOff = (): void => limit.abort(signal.reason);
  const timer = setTimeout(() => limit.abort(new DOMException('no answer in time', 'TimeoutError')), limitMs);
  signal.addEventListener('abort', callOff, { once: true });
  if (signal.aborted) callOff();
  try {
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', callOff);
  }
}

/** The whole body. Rejects with RangeError when it is longer than `maxBytes`, without reading on. */
export async function readBounded(response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new RangeError('answer too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The innermost cause, as fetch wraps it: `ECONNREFUSED`, `TimeoutError`. Never a message, which could hold an address or a secret. */
export function failureName(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure';
  const { cause } = error;
  if (cause instanceof Error) return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
  return error.name;
}
