import type { Logger } from '#libs/log/logger.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';

/** Says so where not even the lightest member may be down, as in a federation of one to three. */
export function sayTolerance({ epoch, members, quorum }: ValidatorSet, log: Logger): void {
  if (members.some(({ weight }) => weight <= quorum.faultyWeightMax)) return;
  log.warn('no failure is tolerated: the chain stops while any member is down', {
    epoch,
    members: members.length,
  });
}
