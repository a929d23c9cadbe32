import type { LogLevel } from './log-level.ts';
import type { LogTargets } from './log-output.ts';

export interface LogSettings extends LogTargets {
  readonly level: LogLevel;
}

/** Who looks at standard output: a person who sees colours, one who does not (`NO_COLOR`), nobody. */
export type TerminalKind = 'color' | 'plain' | 'none';

/** What a person cannot change while a process runs: where it was started. */
export interface LogPlace {
  /** Folder of the log file: never the one that somebody happened to be in (LOG-06). */
  readonly folder: string;
  readonly terminal: TerminalKind;
}
