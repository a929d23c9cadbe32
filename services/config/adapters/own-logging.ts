import type { LogControl } from '#libs/log/open-log.ts';
import type { Participant } from '../ports.ts';

/** The level of this very process: one participant among the others. */
export function ownLogging(control: LogControl): Participant {
  let level = control.settings.level;
  return {
    service: 'config',
    prepare: async ({ configuration }) => {
      level = configuration.node.logging.level;
    },
    commit: async () => control.set({ level }),
    rollBack: async () => {},
  };
}
