import type { LogLevel } from './log-level.ts';

export type LogField = string | number | bigint | boolean | undefined;
/** Facts by their names, in snake_case (DECISIONS 83). */
export type LogFields = Readonly<Record<string, LogField>>;

/**
 * The only interface of this code base to its log. The message is a constant sentence in lower case; facts are
 * fields. `error` takes the cause as it was caught. No method ever throws, and none waits for a reader.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, cause: unknown, fields?: LogFields): void;
  /** Whether lines of this level are written now: to be asked before facts are gathered that cost something. */
  isWritten(level: LogLevel): boolean;
  /** A logger that adds `fields` to every line, for the life of one request, view or peer. */
  child(fields: LogFields): Logger;
}
