import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSamples } from '../../../gateway/adapters/history/sample-thread.js';

const SHIPPED = fileURLToPath(new URL('../../../ivr-flows/sample-thread.yaml', import.meta.url));
const NOW = Date.UTC(2026, 10, 22, 9);

describe('the sample thread', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vaxel-s-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('has the demo customer’s web visit and chat about the invoice within the last hour', async () => {
    const samples = await readSamples(SHIPPED, NOW);
    const recent = samples.filter((sample) => NOW - Date.parse(sample.time) < 3_600_000);
    expect(recent.map((sample) => sample.data.channel).sort()).toEqual(['chat', 'web']);
    expect(new Set(samples.map((sample) => sample.id)).size).toBe(samples.length);
    expect(samples.every((sample) => sample.subject === '1001' && sample.data.number === '+46701234567')).toBe(true);
  });

  it.each([
    ['a misspelt field', 'customer: "1"\nnumber: "2"\nsource: /s\nentries: [{ id: a, hoursAgo: 1, chanel: web, summary: x }]', 'entries.0.channel'],
    ['no entries', 'customer: "1"\nnumber: "2"\nsource: /s\nentries: []', 'entries'],
  ])('is refused with the place of the fault: %s', async (_what, text, path) => {
    const file = join(folder, 'thread.yaml');
    await writeFile(file, text);
    await expect(readSamples(file, NOW)).rejects.toThrow(`thread.yaml: ${path}`);
  });
});
