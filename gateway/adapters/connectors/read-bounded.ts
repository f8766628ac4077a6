const MAX_BYTES = 256 * 1024;

/** The body as text. Rejects when it is longer than 256 KiB: no answer to a phone call is. */
export async function readBounded(response: Response): Promise<string> {
  if (response.body === null) return '';
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    size += read.value.byteLength;
    if (size > MAX_BYTES) {
      await reader.cancel();
      throw new RangeError('answer too long');
    }
    chunks.push(read.value);
  }
  return Buffer.concat(chunks).toString('utf8');
}
