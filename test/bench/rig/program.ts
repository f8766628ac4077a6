import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { projectFile } from '../../../gateway/project.js';

export interface ProgramPlan {
  /** Below `dist`, such as `gateway/main.js`. */
  readonly path: string;
  readonly env?: Readonly<Record<string, string>>;
}

type Fields = Readonly<Record<string, unknown>>;

const STOP_LIMIT_MS = 5_000;
const READY_LIMIT_MS = 30_000;
const KEPT_CHARACTERS = 4_000;
/** Linux counts processor time in hundredths of a second (`getconf CLK_TCK`). */
const MS_PER_TICK = 10;

/** A program under measurement as a process of its own. It says it is ready by a JSON line, and ends with its parent. */
export class Program {
  private complaints = '';
  private readonly exited: Promise<unknown>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly path: string,
  ) {
    this.exited = once(child, 'exit');
    child.stdin?.on('error', () => undefined);
    child.stderr?.on('data', (chunk: Buffer) => (this.complaints = (this.complaints + chunk.toString()).slice(-KEPT_CHARACTERS)));
  }

  /** Rejects with what the program printed when it ends before it is ready. */
  static async start(plan: ProgramPlan): Promise<{ readonly program: Program; readonly ready: Fields }> {
    const child = spawn(process.execPath, [projectFile('dist', ...plan.path.split('/'))], {
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', ...plan.env, VAXEL_PARENT: '1' },
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    });
    const program = new Program(child, plan.path);
    return { program, ready: await program.firstLine() };
  }

  /** Processor time used so far, user and system, ms. */
  get cpuMs(): number {
    const [user = 0, system = 0] = readFileSync(`/proc/${this.child.pid ?? 0}/stat`, 'utf8').replace(/^.*\) /, '').split(' ').slice(11, 13).map(Number);
    return (user + system) * MS_PER_TICK;
  }

  /** Sends a message to a program of the bench and waits for its answer. */
  async ask(message: object): Promise<Fields> {
    const answer = once(this.child, 'message');
    this.child.send(message);
    const lost = this.exited.then(() => Promise.reject(new Error(`${this.path} ended: ${this.complaints}`)));
    const [fields] = (await Promise.race([answer, lost])) as [Fields];
    return fields;
  }

  /** Asks it to end; after five seconds it is killed. */
  async stop(): Promise<void> {
    this.child.stdin?.end();
    this.child.kill('SIGTERM');
    const limit = setTimeout(() => this.child.kill('SIGKILL'), STOP_LIMIT_MS);
    await this.exited;
    clearTimeout(limit);
  }

  private firstLine(): Promise<Fields> {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`${this.path} was not ready in time: ${this.complaints}`)), READY_LIMIT_MS);
      void this.exited.then(() => reject(new Error(`${this.path} ended: ${this.complaints}`)));
      createInterface({ input: this.child.stdout ?? process.stdin }).once('line', (line) => {
        clearTimeout(limit);
        this.child.stdout?.resume();
        resolve(JSON.parse(line) as Fields);
      });
    });
  }
}
