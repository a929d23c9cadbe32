import type { LogLevel } from '../log/logger.ts';
import type { LogControl } from '../log/open-log.ts';

/** What a supervisor says over its channel to change the level of one service: also of the one that asks nobody. */
export interface LevelCommand {
  readonly kind: 'log-level';
  readonly level: LogLevel;
}

const LEVELS: ReadonlySet<unknown> = new Set<LogLevel>(['debug', 'info', 'warn', 'error']);

/**
 * Changes the level of this process at the word of its supervisor, and on SIGUSR2: to debug, and with the next one
 * back to what it was. So any service can be looked into without a restart (LOG-02), the signer too.
 */
export function followLogCommands(control: LogControl): void {
  let quiet: LogLevel = 'info';
  process.on('SIGUSR2', () => {
    const { level } = control.settings;
    if (level !== 'debug') quiet = level;
    control.set({ level: level === 'debug' ? quiet : 'debug' });
  });
  process.on('message', (message: unknown) => {
    if (isLevelCommand(message)) control.set({ level: message.level });
  });
}

function isLevelCommand(message: unknown): message is LevelCommand {
  if (typeof message !== 'object' || message === null) return false;
  return 'kind' in message && message.kind === 'log-level' && 'level' in message && LEVELS.has(message.level);
}
