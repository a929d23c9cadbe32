import type { LogLevel } from '#libs/log/log-level.ts';
import { type LoggingSection, logFileProblem, logSettingsOf } from '#libs/log/log-section.ts';
import type { LogControl } from '#libs/log/open-log.ts';
import type { Configuration, Logging } from '#libs/proto/btcfed/config/v1/config_service.ts';
import type { Reloadable } from '#libs/service/reloadable.ts';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** Applies the `logging` section while a service runs (P2P-55, LOG-02), unless the new file cannot be written. */
export function loggingPart(control: LogControl): Reloadable<Configuration> {
  return {
    prepare: async ({ logging }) => {
      const settings = logSettingsOf(sectionOf(logging), control.place);
      const problem =
        settings.file === undefined || settings.file.path === control.settings.file?.path
          ? undefined
          : logFileProblem(settings.file);
      if (problem !== undefined) throw new Error(`logging.file_name: ${problem}`);
      return { commit: () => control.set(settings), rollBack: () => {} };
    },
  };
}

/** The sections of config services of other versions are checked too. */
function sectionOf(logging: Logging | undefined): LoggingSection {
  const level = LEVELS.find((own) => own === logging?.level);
  if (logging === undefined || level === undefined) {
    throw new Error(`logging.level must be one of: ${LEVELS.join(', ')}`);
  }
  return {
    ...logging,
    level,
    format: logging.format === 'text' ? 'text' : 'json',
    fileSizeBytesMax: Number(logging.fileSizeBytesMax),
  };
}
