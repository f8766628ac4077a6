import type { Log } from '../../gateway/ports/log.js';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A log that keeps its lines for the test to read. */
export class KeptLog implements Log {
  constructor(
    readonly lines: LogLine[] = [],
    private readonly bound: object = {},
  ) {}

  debug(fields: object, message: string): void {
    this.keep('debug', fields, message);
  }

  info(fields: object, message: string): void {
    this.keep('info', fields, message);
  }

  warn(fields: object, message: string): void {
    this.keep('warn', fields, message);
  }

  error(fields: object, message: string): void {
    this.keep('error', fields, message);
  }

  child(fields: object): Log {
    return new KeptLog(this.lines, { ...this.bound, ...fields });
  }

  /** Lines with that message, of one call where asked. */
  of(message: string, sipCallId?: string): readonly LogLine[] {
    return this.lines.filter((line) => line.message === message && (sipCallId === undefined || line.fields['sipCallId'] === sipCallId));
  }

  /** Everything as text, to look for what must not be in it. */
  text(): string {
    return JSON.stringify(this.lines);
  }

  private keep(level: LogLine['level'], fields: object, message: string): void {
    this.lines.push({ level, fields: { ...this.bound, ...fields }, message });
    if (process.env['VAXEL_TEST_LOG'] === '1') console.error(level, message, JSON.stringify({ ...this.bound, ...fields }));
  }
}
