import type { ViewTally } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import type { MemberStatus } from '../../core/ports.ts';

/** The votes of the view at hand; they are counted here, because somebody asks. */
export function tallyToApi({ height, view, votePath, tally, quorum }: MemberStatus): ViewTally {
  const { isProposed, steps, neededWeight, leaving } = tally();
  return {
    ...{ height, view, neededWeight },
    proposalSeen: isProposed,
    steps: steps.map(({ kind, voters: _, ...counts }) => ({ step: kind, ...counts })),
    needed: quorum.needed,
    leaving: leaving.members,
    leavingWeight: leaving.weight,
    votesToAll: votePath === 'all',
  };
}
