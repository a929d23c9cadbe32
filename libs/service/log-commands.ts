import { z } from 'zod';
import type { LogLevel } from '#libs/log/log-level.ts';
import { type LoggingSection, logSettingsOf } from '#libs/log/log-section.ts';
import type { LogControl } from '#libs/log/open-log.ts';

/** The messages of a supervisor that change the log of one service: also of a service that asks nobody. */
export interface LogCommand {
  readonly kind: 'log';
  readonly section: LoggingSection;
}

/**
 * Changes the log of this process at the command of its supervisor, and its level on SIGUSR2: to debug, and with the
 * next one back to the level before. So any service can be looked into without a restart (LOG-02), the signer too.
 */
export function followLogCommands(control: LogControl): void {
  let quiet: LogLevel = 'info';
  process.on('SIGUSR2', () => {
    const { level } = control.settings;
    if (level !== 'debug') quiet = level;
    control.set({ level: level === 'debug' ? quiet : 'debug' });
  });
  process.on('message', (message: unknown) => {
    if (isLogCommand(message)) control.set(logSettingsOf(message.section, control.place));
  });
}

const SECTION = z.object({
  level: z.enum(['debug', 'info', 'warn', 'error']),
  format: z.enum(['json', 'text']),
  consoleOutput: z.boolean(),
  consoleColor: z.boolean(),
  fileOutput: z.boolean(),
  fileName: z.string(),
  fileSizeBytesMax: z.number(),
  fileCountMax: z.number(),
});
const COMMAND = z.object({ kind: z.literal('log'), section: SECTION });

function isLogCommand(message: unknown): message is LogCommand {
  return COMMAND.safeParse(message).success;
}
