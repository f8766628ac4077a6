import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFile } from '../../../gateway/project.js';
import { INVOICE_PARTS } from '../../ivr-flows/sample-files.js';

const KEPT: readonly string[] = ['invoice-extension.yaml', 'invoice-extension.test.yaml', ...INVOICE_PARTS.map((part) => `${part}.yaml`)];

/** A copy of the sample folder of flows, which a test may spoil. */
export class FolderCopy {
  readonly path = mkdtempSync(join(tmpdir(), 'vx-flows-'));

  constructor() {
    cpSync(projectFile('ivr-flows'), this.path, { recursive: true });
  }

  file(name: string): string {
    return join(this.path, name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A copy of the sample flow `invoice-extension` with its parts and all that they need, which a test may spoil. Of the tests only its own. */
export class SampleFolder extends FolderCopy {
  constructor() {
    super();
    for (const name of readdirSync(this.file('flows'))) if (!KEPT.includes(name)) rmSync(this.file(`flows/${name}`));
    this.change('contact-centre.yaml', 'flow: main-menu', 'flow: invoice-extension');
    this.change('contact-centre.yaml', 'flow: opening-hours-callback', 'flow: invoice-extension');
  }

  /** Replaces text in a file; gives the line it stood in. */
  change(name: string, from: string, to: string): number {
    const text = readFileSync(this.file(name), 'utf8');
    const at = text.indexOf(from);
    if (at < 0) throw new Error(`${name} has no ${from}`);
    writeFileSync(this.file(name), text.replace(from, to));
    return text.slice(0, at).split('\n').length;
  }
}
