import type { LogLevel } from './log-level.ts';
import type { LogFields, Logger } from './logger.ts';

export interface MemoryLogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
  /** The cause that `error` was given. */
  readonly cause?: unknown;
}

/** A logger that keeps its lines, and those of its children, in order: for tests. */
export type MemoryLogger = Logger & { readonly lines: MemoryLogLine[] };

export function memoryLogger(): MemoryLogger {
  const lines: MemoryLogLine[] = [];
  return { lines, ...collector(lines, {}) };
}

function collector(lines: MemoryLogLine[], bound: LogFields): Logger {
  const keep =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      lines.push({ level, message, fields: { ...bound, ...fields } });
    };
  return {
    debug: keep('debug'),
    info: keep('info'),
    warn: keep('warn'),
    error: (message, cause, fields = {}) => {
      lines.push({ level: 'error', message, fields: { ...bound, ...fields }, cause });
    },
    isWritten: () => true,
    child: (fields) => collector(lines, { ...bound, ...fields }),
  };
}
