import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFile } from '../../../gateway/project.js';

/** A copy of the sample flow `invoice-extension` with all that it needs, which a test may spoil. */
export class SampleFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'vx-flows-'));

  constructor() {
    cpSync(projectFile('ivr-flows'), this.path, { recursive: true });
    for (const name of readdirSync(this.file('flows'))) if (!name.startsWith('invoice-extension.')) rmSync(this.file(`flows/${name}`));
    this.change('contact-centre.yaml', 'flow: main-menu', 'flow: invoice-extension');
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Replaces text in a file; gives the line it stood in. */
  change(name: string, from: string, to: string): number {
    const text = readFileSync(this.file(name), 'utf8');
    const at = text.indexOf(from);
    if (at < 0) throw new Error(`${name} has no ${from}`);
    writeFileSync(this.file(name), text.replace(from, to));
    return text.slice(0, at).split('\n').length;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
