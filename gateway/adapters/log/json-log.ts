import { pino, type Logger } from 'pino';
import type { Log } from '../../ports/log.js';

/** The log of a program, which it ends before it ends itself. */
export interface ProgramLog extends Log {
  /**
   * Writes what is kept yet. Resolves when it is written, or when nobody reads any more. Without it a program whose log has lost its reader may
   * never end: sonic-boom 4.2 tries for ever to write the rest at exit, whatever the error.
   */
  end(): Promise<void>;
}

/** One JSON object a line on stderr, or on that open file; secrets that slip into fields are struck out by name. */
export function createLog(level: string, file = 2): ProgramLog {
  const redact = { paths: ['password', 'token', 'secret', 'authorization', '*.password', '*.token', '*.secret', 'digit', '*.digit'], censor: '[hidden]' };
  const out = pino.destination({ dest: file, sync: false });
  const over = new Promise<void>((resolve) => {
    for (const event of ['close', 'error']) out.once(event, () => resolve());
  });
  const end = (): Promise<void> => {
    out.end();
    return over;
  };
  return Object.assign(wrap(pino({ level, base: null, redact, timestamp: pino.stdTimeFunctions.isoTime }, out)), { end });
}

function wrap(logger: Logger): Log {
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    child: (fields) => wrap(logger.child(fields)),
  };
}
