import { readFileSync, readdirSync } from 'node:fs';
import { formatProblem } from '../../gateway/core/flow/problem.js';
import type { FlowLibrary } from '../../gateway/core/flow/library.js';
import { loadFlow, loadPrompts } from '../../gateway/core/flow/load.js';
import type { Flow } from '../../gateway/core/flow/flow-schema.js';
import type { Prompt } from '../../gateway/core/flow/prompt-schema.js';

const ROOT = new URL('../../ivr-flows/', import.meta.url);
export const readSample = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
export const listSamples = (folder: string): readonly string[] => readdirSync(new URL(folder, ROOT)).filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml')).map((name) => `${folder}${name}`);

/** The shared prompts of ivr-flows/prompts. */
export function samplePrompts(): ReadonlyMap<string, Prompt> {
  const prompts = new Map<string, Prompt>();
  for (const file of listSamples('prompts/')) {
    const loaded = loadPrompts(readSample(file), file);
    if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
    for (const [id, prompt] of loaded.value) prompts.set(id, prompt);
  }
  return prompts;
}

/** The flows that `invoice-extension` has as parts. */
export const INVOICE_PARTS: readonly string[] = ['who-is-calling', 'own-invoice', 'invoice-copy'];

/** What a sample flow refers to: the shared prompts, and the parts of the invoice flows. */
export function sampleLibrary(): FlowLibrary {
  const prompts = samplePrompts();
  const flows = new Map<string, Flow>();
  for (const part of INVOICE_PARTS) flows.set(part, sampleFlow(part, { prompts, flows }));
  return { prompts, flows };
}

/** A flow of ivr-flows/flows; an error in it fails the test with all its problems. */
export function sampleFlow(name: string, library: FlowLibrary = sampleLibrary()): Flow {
  const file = `flows/${name}.yaml`;
  const loaded = loadFlow(readSample(file), `ivr-flows/${file}`, library);
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return loaded.value;
}
