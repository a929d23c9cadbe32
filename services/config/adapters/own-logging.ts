import { logFileProblem, logSettingsOf } from '#libs/log/log-section.ts';
import type { LogControl } from '#libs/log/open-log.ts';
import { ConfigurationError } from '#libs/settings-files/configuration-error.ts';
import type { Configuration } from '../core/configuration.ts';
import type { Participant } from '../ports.ts';

/** The log of this very process: one participant among the others. */
export function ownLogging(control: LogControl): Participant {
  let next = control.settings;
  return {
    service: 'config',
    prepare: async ({ node }: Configuration) => {
      const settings = { ...control.settings, ...logSettingsOf(node.logging, control.place) };
      const { file } = settings;
      const problem =
        file === undefined || file.path === control.settings.file?.path ? undefined : logFileProblem(file);
      if (problem !== undefined) throw refusal(`logging.file_name: ${problem}`);
      next = settings;
    },
    commit: async () => control.set(next),
    rollBack: async () => {},
    peersInForce: () => {},
  };
}

function refusal(reason: string): ConfigurationError {
  const detail = { code: 'CONFIG_PARTICIPANT_REFUSED', class: 'configuration', service: 'config' } as const;
  return new ConfigurationError(`config refuses: ${reason}`, detail);
}
