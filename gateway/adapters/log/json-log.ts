import { pino, type Logger } from 'pino';
import type { Log } from '../../ports/log.js';

/** One JSON object a line on stderr; secrets that slip into fields are struck out by name. */
export function createLog(level: string): Log {
  const redact = { paths: ['password', 'token', 'secret', 'authorization', '*.password', '*.token', '*.secret', 'digit', '*.digit'], censor: '[hidden]' };
  return wrap(pino({ level, base: null, redact, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ dest: 2, sync: false })));
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
