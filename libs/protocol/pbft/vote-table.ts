import { toView } from '#libs/chain/ids.ts';
import { afterLast } from '../leader/after-last.ts';
import { VIEW_JUMP_MAX } from '../vote/limits.ts';
import { typedBytes } from '../vote/typed-bytes.ts';
import type { VoteTable } from '../vote/vote-table.ts';

/**
 * PBFT with one block in flight. COMMIT rests on the prepared certificate, which is the PREPARE of a quorum, the leader's own
 * among them. A VIEW-CHANGE is of its height alone. No kind votes for a checkpoint: a header has the state root, so the commit
 * certificate of a block certifies the state before it.
 */
export const PBFT_TABLE: VoteTable = {
  instances: 'ascending',
  viewJumpMax: VIEW_JUMP_MAX,
  firstView: toView(0n),
  bytes: typedBytes,
  protocol: 'pbft',
  leaders: afterLast,
  proposal: 'pre-prepare',
  prepared: 'prepare',
  decides: 'commit',
  kinds: {
    'pre-prepare': { step: 0, leaderOnly: true, grounds: 'choice' },
    prepare: { step: 1, grounds: 'choice' },
    commit: { step: 2, grounds: 'none', needs: 'prepare', remembers: 'high' },
    'view-change': { step: 3, grounds: 'none', leaves: true },
  },
};
