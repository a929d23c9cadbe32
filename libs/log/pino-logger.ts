import { type Logger as Pino, pino, stdTimeFunctions } from 'pino';
import { errorFields } from './error-fields.ts';
import type { LevelSwitch } from './level-switch.ts';
import type { LineSink } from './line-sink.ts';
import type { LogFields, Logger } from './logger.ts';
import { printable } from './redact.ts';

export interface PinoLoggerOptions {
  /** Name of the service, on every line. */
  readonly service: string;
  /** Lines below it are not written, and cost one comparison. */
  readonly level: LevelSwitch;
  readonly sink: LineSink;
}

/**
 * A logger that writes one JSON object per line: `level`, `time` (RFC 3339), `service`, the fields, for errors
 * `error` with the chain of causes, and `message`. Written at once, so that a crash loses no line.
 */
export function pinoLogger({ service, level, sink }: PinoLoggerOptions): Logger {
  const options = {
    // The switch decides: a child of pino keeps the level that its parent had when it was made.
    level: 'debug',
    base: { service },
    messageKey: 'message',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return wrap(pino(options, sink), level);
}

const NONE: LogFields = {};

function wrap(inner: Pino, level: LevelSwitch): Logger {
  return {
    debug: (message, fields = NONE) => {
      if (level.passes('debug')) inner.debug(printable(fields), message);
    },
    info: (message, fields = NONE) => {
      if (level.passes('info')) inner.info(printable(fields), message);
    },
    warn: (message, fields = NONE) => {
      if (level.passes('warn')) inner.warn(printable(fields), message);
    },
    error: (message, cause, fields = NONE) =>
      inner.error({ ...printable(fields), error: errorFields(cause) }, message),
    isWritten: (wanted) => level.passes(wanted),
    child: (fields) => wrap(inner.child(printable(fields)), level),
  };
}
