import type { LogLevel } from '../log/logger.ts';
import type { LogControl } from '../log/open-log.ts';
import type { Reloadable } from '../service/reloadable.ts';
import type { ReloadProposal } from './reload-participant.ts';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** Takes `logging.level` over while a service runs (P2P-55, LOG-02). */
export function loggingPart(control: LogControl): Reloadable<ReloadProposal> {
  return {
    prepare: async ({ configuration }) => {
      const level = LEVELS.find((own) => own === configuration.logging?.level);
      if (level === undefined) throw new Error(`logging.level must be one of: ${LEVELS.join(', ')}`);
      return { commit: () => control.set({ level }), rollBack: () => {} };
    },
  };
}
