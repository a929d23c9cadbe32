import { toView } from '#libs/chain/ids.ts';
import { minusView } from '../leader/minus-view.ts';
import { VIEW_JUMP_MAX } from '../vote/limits.ts';
import { typedBytes } from '../vote/typed-bytes.ts';
import type { VoteTable } from '../vote/vote-table.ts';

/**
 * dBFT 3.0. PRE-COMMIT rests on the preparations of a quorum and is remembered, COMMIT rests on the PRE-COMMITs of a quorum.
 * A member that gave either may leave the view, and reports what it committed on; COMMITs of honest keys for one height are for one block.
 */
export const DBFT_TABLE: VoteTable = {
  instances: 'ascending',
  viewJumpMax: VIEW_JUMP_MAX,
  firstView: toView(0n),
  bytes: typedBytes,
  protocol: 'dbft',
  leaders: minusView,
  proposal: 'prepare-request',
  prepared: 'prepare-response',
  decides: 'commit',
  kinds: {
    'prepare-request': { step: 0, leaderOnly: true, grounds: 'choice' },
    'prepare-response': { step: 1, grounds: 'choice' },
    'pre-commit': { step: 2, grounds: 'none', needs: 'prepare-response', remembers: 'high' },
    commit: { step: 3, grounds: 'none', needs: 'pre-commit' },
    'change-view': { step: 4, grounds: 'none', leaves: true },
  },
};
