import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const DESK_SOURCES = fileURLToPath(new URL('../../gateway/desk/page/', import.meta.url));

/** Turns the page's sources into scripts in a folder of its own, so that a test shows the sources and not an older build. */
export async function buildDeskPage(): Promise<{ readonly folders: readonly string[]; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'vaxel-desk-'));
  for (const name of await readdir(DESK_SOURCES)) {
    if (!name.endsWith('.ts')) continue;
    const source = await readFile(join(DESK_SOURCES, name), 'utf8');
    const { outputText } = ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022, verbatimModuleSyntax: true } });
    await writeFile(join(folder, name.replace(/\.ts$/, '.js')), outputText);
  }
  return { folders: [DESK_SOURCES, folder], remove: () => rm(folder, { recursive: true, force: true }) };
}
