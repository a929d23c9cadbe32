import type { ConsoleStyle } from '#libs/log/log-output.ts';
import type { LoggingConfiguration } from '#libs/settings/node-configuration.ts';
import type { MemberLog } from './service-environment.ts';

export interface MemberLogPlace {
  /** Folder of the log file: never the one that somebody happened to be in (LOG-06). */
  readonly folder: string;
  /** No colours, whatever the file says. */
  readonly isPlain: boolean;
}

/** What the `logging` section of conf.yaml means for the services of a member. */
export function memberLog(logging: LoggingConfiguration, { folder, isPlain }: MemberLogPlace): MemberLog {
  const { level, fileOutput, fileName, fileSizeBytesMax } = logging;
  const file = fileOutput ? { path: `${folder}/${fileName}`, sizeBytesMax: fileSizeBytesMax } : undefined;
  return { level, file, console: consoleStyle(logging, isPlain) };
}

/** Colour makes it human-readable too; without, `format` decides between JSON and text (LOG-04, requirements 7.2 row 21). */
function consoleStyle(logging: LoggingConfiguration, isPlain: boolean): ConsoleStyle {
  if (!logging.consoleOutput) return 'off';
  if (logging.consoleColor) return isPlain ? 'text' : 'color';
  return logging.format === 'text' ? 'text' : 'json';
}
