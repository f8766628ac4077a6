import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';

export interface ChildPlan {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Resolves when the program serves; gets the fields of its JSON ready line, when it prints one. */
  readonly isReady: (line: Readonly<Record<string, unknown>>) => boolean;
}

const STOP_LIMIT_MS = 5_000;
/** A program that is silent for so long will not serve: better a sentence that says where to look than a start without end. */
const READY_LIMIT_MS = 60_000;

/** Runs once the program serves; without a JSON ready line use `waitFor`. */
export class Child {
  private readonly process: ChildProcess;
  private readonly log: WriteStream;
  private readonly lastLines: string[] = [];
  readonly ready: Promise<Readonly<Record<string, unknown>>>;
  readonly exited: Promise<number>;

  constructor(readonly plan: ChildPlan) {
    this.log = createWriteStream(plan.logFile, { flags: 'a', mode: 0o600 });
    // Own process group: Ctrl-C reaches the supervisor alone, which then stops all in reverse order. Its death closes their stdin.
    this.process = spawn(plan.command, [...plan.args], {
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', ...plan.env, VAXEL_PARENT: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.process.stdin?.on('error', () => undefined);
    this.exited = new Promise((resolve) => {
      this.process.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
      this.process.once('error', () => resolve(127));
    });
    this.process.stderr?.on('data', (chunk: Buffer) => this.keep(chunk.toString()));
    this.ready = this.firstReadyLine();
  }

  get pid(): number | null {
    return this.process.pid ?? null;
  }

  /** Asks it to end by closing its input and SIGTERM; after five seconds it is killed. */
  async stop(): Promise<void> {
    this.process.stdin?.end();
    this.process.kill('SIGTERM');
    const limit = setTimeout(() => this.process.kill('SIGKILL'), STOP_LIMIT_MS);
    await this.exited;
    clearTimeout(limit);
    this.log.end();
  }

  private firstReadyLine(): Promise<Readonly<Record<string, unknown>>> {
    return new Promise((resolve, reject) => {
      const { name, logFile } = this.plan;
      const limit = setTimeout(() => reject(new Error(`${name} runs, but does not serve after ${READY_LIMIT_MS / 1_000} s; see ${logFile}: ${this.lastWords()}`)), READY_LIMIT_MS);
      const served = (fields: Readonly<Record<string, unknown>>): void => {
        clearTimeout(limit);
        resolve(fields);
      };
      let rest = '';
      this.process.stdout?.on('data', (chunk: Buffer) => {
        rest += chunk.toString();
        const lines = rest.split('\n');
        rest = (lines.pop() ?? '').slice(-64_000);
        for (const line of lines) {
          const fields = parse(line);
          if (fields !== null && this.plan.isReady(fields)) served(fields);
          else this.keep(`${line}\n`);
        }
      });
      void this.exited.then((code) => {
        clearTimeout(limit);
        reject(new Error(`${name} ended with status ${code}: ${this.lastWords()}`));
      });
    });
  }

  private keep(text: string): void {
    this.log.write(text);
    this.lastLines.push(...text.split('\n').filter((line) => line.trim() !== ''));
    this.lastLines.splice(0, Math.max(0, this.lastLines.length - 5));
  }

  /** What it said last, for whoever asks why it ended. */
  lastWords(): string {
    return this.lastLines.length === 0 ? 'it said nothing' : this.lastLines.join('\n  ');
  }
}

function parse(line: string): Readonly<Record<string, unknown>> | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}
