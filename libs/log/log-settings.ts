import type { LogLevel } from './log-level.ts';
import type { LogTargets } from './log-output.ts';

export interface LogSettings extends LogTargets {
  readonly level: LogLevel;
}

/** The reader of standard output: a person who sees colours, one who does not (`NO_COLOR`), a file or program, nobody. */
export type TerminalKind = 'color' | 'plain' | 'pipe' | 'none';

/** The place where a process was started, which nobody can change while it runs. */
export interface LogPlace {
  /** Folder of the log file: never the one that somebody happened to be in (LOG-06). */
  readonly folder: string;
  readonly terminal: TerminalKind;
}
