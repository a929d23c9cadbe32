import { type Logger as Pino, pino, stdTimeFunctions } from 'pino';
import { errorFields } from './error-fields.ts';
import { fileSink, type LineSink, stdoutSink } from './line-sink.ts';
import type { LogFields, Logger, LogLevel } from './logger.ts';
import { printable } from './redact.ts';

export interface PinoLoggerOptions {
  /** Name of the service, on every line. */
  readonly service: string;
  /** Lines below it are not written. */
  readonly level: LogLevel;
  /** Path of a file, or where lines go; standard output when it is left out. */
  readonly destination?: string | LineSink;
}

/**
 * A logger that writes one JSON object per line: `time` (RFC 3339), `level`, `service`, `message`, the fields, and
 * for errors `error` with the chain of causes. Written at once, so that a crash loses no line. Throws when the log
 * file cannot be opened, at start and never later.
 */
export function pinoLogger({ service, level, destination }: PinoLoggerOptions): Logger {
  const sink = typeof destination === 'string' ? fileSink(destination) : (destination ?? stdoutSink());
  const options = {
    level,
    base: { service },
    messageKey: 'message',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return wrap(pino(options, sink));
}

function wrap(inner: Pino): Logger {
  return {
    debug: (message, fields = {}) => inner.debug(printable(fields), message),
    info: (message, fields = {}) => inner.info(printable(fields), message),
    warn: (message, fields = {}) => inner.warn(printable(fields), message),
    error: (message, cause, fields = {}) =>
      inner.error({ ...printable(fields), error: errorFields(cause) }, message),
    child: (fields: LogFields) => wrap(inner.child(printable(fields))),
  };
}
