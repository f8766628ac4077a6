import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { constants, setPriority, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { failed, ok, type Result } from '../../core/errors.js';
import type { AuthorTools, ToolReport, ToolWish } from '../../ports/author-tools.js';

export interface ChildToolsOptions {
  /** The gateway's folder of flows. It is copied for each command, so that drafts touch nothing. */
  readonly flowsDir: () => string;
  /** The `vaxel` command, as node starts it. */
  readonly command: string;
  readonly atOnce?: number;
  readonly limitMs?: number;
}

const MAX_OUTPUT_BYTES = 8_000_000;
const DOUBLES = 'doubles.yaml';

/** Runs the author's commands as children of low priority, so that no call waits for a proof. They get none of the gateway's secrets. */
export class ChildTools implements AuthorTools {
  private running = 0;

  constructor(private readonly options: ChildToolsOptions) {}

  async run(wish: ToolWish): Promise<Result<ToolReport>> {
    if (this.running >= (this.options.atOnce ?? 1)) return failed('VG_REFUSED', 'another command of an author is being run; try again in a moment');
    this.running += 1;
    let folder: string | null = null;
    try {
      folder = await mkdtemp(join(tmpdir(), 'vaxel-tool-'));
      return await this.runIn(folder, wish);
    } catch (error) {
      return failed('VG_FAILED', `the command could not be run: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.running -= 1;
      if (folder !== null) await rm(folder, { recursive: true, force: true });
    }
  }

  private async runIn(folder: string, wish: ToolWish): Promise<Result<ToolReport>> {
    const flows = join(folder, 'ivr-flows');
    await cp(this.options.flowsDir(), flows, { recursive: true, filter: (from) => !from.includes('node_modules') });
    for (const [path, text] of Object.entries(wish.files)) {
      await mkdir(dirname(join(flows, path)), { recursive: true });
      await writeFile(join(flows, path), text);
    }
    const drawing = wish.tool === 'diagram' ? { svg: join(folder, 'flow.svg'), page: join(folder, 'flow.html'), mermaid: null, objects: null }[wish.as ?? 'mermaid'] : null;
    const doubles = wish.doubles === undefined ? null : join(folder, DOUBLES);
    if (doubles !== null) await writeFile(doubles, JSON.stringify({ ...wish.doubles, tests: { 'played by hand': { then: { ended: { broken: true } } } } }));
    const said = await this.spawn(argumentsOf(wish, { drawing, doubles }), { flows, typed: wish.typed ?? (wish.keys ?? '').split(/\s+/).filter((word) => word !== '') });
    if (!said.ok || drawing === null || said.value.status !== 0) return said;
    return ok({ status: 0, events: [], text: await readFile(drawing, 'utf8') });
  }

  private spawn(args: readonly string[], around: { readonly flows: string; readonly typed: readonly string[] }): Promise<Result<ToolReport>> {
    const limitMs = this.options.limitMs ?? 60_000;
    return new Promise((resolve) => {
      const env = { PATH: process.env['PATH'] ?? '', FLOWS_DIR: around.flows, TZ: process.env['TZ'] ?? '' };
      const child = spawn(process.execPath, [this.options.command, 'flow', ...args], { cwd: around.flows, env, stdio: ['pipe', 'pipe', 'pipe'], timeout: limitMs, killSignal: 'SIGKILL' });
      if (child.pid !== undefined) lower(child.pid);
      const output = { out: '', err: '', isTooMuch: false };
      const take = (to: 'out' | 'err') => (chunk: Buffer) => {
        output[to] += chunk.toString();
        output.isTooMuch ||= output.out.length + output.err.length > MAX_OUTPUT_BYTES;
        if (output.isTooMuch) child.kill('SIGKILL');
      };
      child.stdout.on('data', take('out'));
      child.stderr.on('data', take('err'));
      child.stdin.on('error', () => undefined); // EPIPE when the command reads no keys; its exit says what happened
      child.stdin.end(around.typed.map((line) => `${line}\n`).join(''));
      child.on('error', (error) => resolve(failed('VG_FAILED', `the command could not be started: ${error.message}`)));
      child.on('close', (status) => {
        if (output.isTooMuch) return resolve(failed('VG_FAILED', 'the command printed too much'));
        if (status === null) return resolve(failed('VG_FAILED', `the command took longer than ${limitMs / 1_000} s`));
        resolve(ok(reportOf(status, output.out, output.err)));
      });
    });
  }
}

function argumentsOf(wish: ToolWish, { drawing, doubles }: { readonly drawing: string | null; readonly doubles: string | null }): readonly string[] {
  const { tool, flow, language, from } = wish;
  const spoken = language === undefined ? [] : ['--language', language];
  switch (tool) {
    case 'check':
      return ['check', ...(flow === undefined ? [] : [join('flows', `${flow}.yaml`)]), '--json'];
    case 'test':
      return ['test', ...(flow === undefined ? [] : [flow]), '--coverage', '--json'];
    case 'prove':
      return ['prove', ...(flow === undefined ? [] : [flow]), '--json'];
    case 'run':
      return ['run', flow ?? '', '--fast', ...spoken, ...(from === undefined ? [] : ['--from', from]), ...(doubles === null ? [] : ['--double', doubles]), ...(wish.as === 'objects' ? ['--json'] : [])];
    case 'diagram':
      return ['diagram', flow ?? '', ...spoken, ...(drawing === null ? [] : [wish.as === 'page' ? '--page' : '--out', drawing])];
  }
}

function reportOf(status: number, out: string, err: string): ToolReport {
  const events: unknown[] = [];
  const rest: string[] = [];
  for (const line of out.split('\n')) {
    const event = line.startsWith('{') ? jsonOf(line) : undefined;
    if (event === undefined) rest.push(line);
    else events.push(event);
  }
  return { status, events, text: [rest.join('\n').trimEnd(), err.trim()].filter((part) => part !== '').join('\n') };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // A line of text that begins with a brace.
    return undefined;
  }
}

/** Calls come first. Where the system does not allow it the command runs as it is. */
function lower(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH' && (error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}
