import { writeFileSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { parseArgs } from 'node:util';
import { inspectContent, type Content } from '../../content.js';
import { pictureOf } from '../../core/authoring/flow-picture.js';
import { nodeTitle } from '../../core/authoring/flow-words.js';
import { mermaidOf } from '../../core/authoring/mermaid.js';
import type { Flow } from '../../core/flow/flow-schema.js';
import type { Language } from '../../core/flow/flow-types.js';
import { formatProblem } from '../../core/flow/problem.js';
import { makeFolder } from '../folder.js';
import { Output } from '../output.js';
import { contentFolder, defaultFolder, noSuchFlow, oneFlow } from './content-folder.js';
import { layOut } from './layout.js';
import { pageOf } from './page.js';
import { svgOf } from './svg.js';

export const DIAGRAM_HELP = `vaxel flow diagram <flow> [options]
  Draws a flow: as Mermaid text, which is printed when no file is named, or SVG.
  --out <file>      ends with .mmd or .svg
  --page <file>     HTML for people who do not read YAML: purpose, owner, and
                    what callers hear step by step
  --language <l>    sv, nb or en (the flow's first)
  --flows <folder>  (FLOWS_DIR, or ivr-flows)
  --json            one object a line`;

const OPTIONS = { language: { type: 'string' }, out: { type: 'string' }, page: { type: 'string' }, flows: { type: 'string' }, json: { type: 'boolean', default: false } } as const;

/** @returns 0, 1 when the files have problems, 2 for wrong usage */
export async function diagram(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  const output = new Output(values.json);
  const id = oneFlow(positionals);
  const folder = values.flows === undefined ? defaultFolder() : contentFolder(values.flows);
  if (folder === null) return output.problem(`--flows: ${values.flows ?? ''} is no folder of flows`);
  const { content, problems } = inspectContent(folder.path, process.env);
  if (content === null) {
    for (const problem of problems) {
      const named = { ...problem, file: folder.nameOf(problem.file) };
      output.line({ event: 'problem', ...named }, formatProblem(named));
    }
    return 1;
  }
  const flow = content.flows.get(id);
  if (flow === undefined) return output.problem(noSuchFlow(id, content.flows.keys()));
  const language = values.language === undefined ? flow.languages[0] : flow.languages.find((one) => one === values.language);
  if (language === undefined) return output.problem(`--language: the flow speaks ${flow.languages.join(', ')}`);
  const kind = values.out === undefined ? null : extname(values.out);
  if (kind !== null && kind !== '.mmd' && kind !== '.svg') return output.problem('--out: name a file that ends with .mmd or .svg');
  const drawn = { flow, language, content };
  if (values.out !== undefined) write(values.out, kind === '.svg' ? drawSvg(drawn) : mermaidOf(flow, pictureOf(flow, language)), { option: '--out', output });
  if (values.page !== undefined) write(values.page, pageOf({ ...drawn, svg: drawSvg(drawn) }), { option: '--page', output });
  if (values.out === undefined && values.page === undefined) {
    const picture = pictureOf(flow, language);
    const mermaid = mermaidOf(flow, picture);
    output.line({ event: 'diagram', flow: flow.id, language, ...picture, mermaid }, mermaid.trimEnd());
  }
  return 0;
}

function drawSvg({ flow, language }: { readonly flow: Flow; readonly language: Language; readonly content: Content }): string {
  const keys = [...flow.anywhere].map(([key, to]) => `${key} leads to “${nodeTitle(flow, to)}” from every step`);
  return svgOf(flow, layOut(pictureOf(flow, language)), keys.join(', ') || 'no key leads out of every step');
}

function write(file: string, text: string, { option, output }: { readonly option: '--out' | '--page'; readonly output: Output }): void {
  makeFolder(dirname(file), option);
  writeFileSync(file, text);
  output.line({ event: 'written', file }, `wrote ${file}`);
}
