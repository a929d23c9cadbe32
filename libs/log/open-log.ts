import { writeSync } from 'node:fs';
import { LevelSwitch } from './level-switch.ts';
import type { LineSink } from './line-sink.ts';
import type { LogLevel } from './log-level.ts';
import { LogOutput } from './log-output.ts';
import type { LogPlace, LogSettings } from './log-settings.ts';
import type { Logger } from './logger.ts';
import { pinoLogger } from './pino-logger.ts';

/** Changes the log of a running process. Takes effect with the next line, for all loggers and their children. */
export interface LogControl {
  readonly settings: LogSettings;
  /** The place where the process was started; undefined: unknown, and only its level follows conf.yaml. */
  readonly place: LogPlace | undefined;
  /** Changes the given settings only. */
  set(settings: Partial<LogSettings>): void;
}

export interface OpenLog {
  readonly log: Logger;
  readonly control: LogControl;
}

export interface OpenLogOptions {
  /** Name of the service, on every line. */
  readonly service: string;
  readonly settings: LogSettings;
  readonly place?: LogPlace | undefined;
  /** Standard output, unless a test says otherwise. */
  readonly console?: LineSink;
}

const STDERR = 2;

/**
 * The log of a process, with the control that changes it at run time. Never throws, even when the disk fails
 * (LOG-15).
 */
export function openLog({ service, settings, place, ...rest }: OpenLogOptions): OpenLog {
  const level = new LevelSwitch(settings.level);
  const output = new LogOutput(settings, { ...rest, onLoss: (reason) => complain(service, reason) });
  const log = pinoLogger({ service, level, sink: output });
  const control: LogControl = {
    place,
    get settings() {
      return { level: level.level, ...output.targets };
    },
    set: (changed) => {
      const next = { ...control.settings, ...changed };
      output.set({ console: next.console, file: next.file });
      changeLevel(log, level, next.level);
    },
  };
  return { log, control };
}

/** Changes the level, and logs that at the old or the new level, whichever lets the line through. */
function changeLevel(log: Logger, level: LevelSwitch, next: LogLevel): void {
  const { level: last } = level;
  if (next === last) return;
  const isToldBefore = level.passes('info');
  if (isToldBefore) log.info('log level changed', { old_level: last, new_level: next });
  level.set(next);
  if (!isToldBefore) log.info('log level changed', { old_level: last, new_level: next });
}

/** Reports on stderr that the log itself fails: the only message that cannot be logged. */
function complain(service: string, reason: string): void {
  try {
    writeSync(STDERR, `${service}: log lines are lost until the log file can be written: ${reason}\n`);
  } catch {
    // Nobody is left to be told; the count stands in the log once it works again.
  }
}
