import type { IncomingMessage } from 'node:http';

export type Body = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly status: 400 | 413 | 415; readonly detail: string };

/** Reads a request's body up to `maxBytes`. A larger one is refused as soon as that shows, without keeping the rest. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
  const tooLarge: Body = { ok: false, status: 413, detail: `the body may be ${maxBytes} bytes at most` };
  // RFC 9110 section 8.4.
  const coding = request.headers['content-encoding'] ?? 'identity';
  if (coding.trim().toLowerCase() !== 'identity') return { ok: false, status: 415, detail: 'send the body without Content-Encoding: it is not unpacked here' };
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return tooLarge;
  const bytes = await collect(request, maxBytes);
  if (bytes === 'tooLarge') return tooLarge;
  if (bytes === 'broken') return { ok: false, status: 400, detail: 'the body did not arrive whole' };
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { ok: false, status: 400, detail: 'the body is not UTF-8' };
  }
}

/** By events, as leaving an async iteration early would destroy the connection before the refusal is written. */
function collect(request: IncomingMessage, maxBytes: number): Promise<Buffer | 'tooLarge' | 'broken'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const done = (outcome: Buffer | 'tooLarge' | 'broken'): void => {
      request.off('data', onData).off('end', onEnd).off('close', onBroken).off('error', onBroken);
      resolve(outcome);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > maxBytes) return done('tooLarge');
      chunks.push(chunk);
    };
    const onEnd = (): void => done(Buffer.concat(chunks));
    const onBroken = (): void => done('broken');
    request.on('data', onData).on('end', onEnd).on('close', onBroken).on('error', onBroken);
  });
}
