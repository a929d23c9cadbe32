import { toView } from '#libs/chain/ids.ts';
import { VIEW_JUMP_MAX } from '#libs/protocol/vote/limits.ts';
import { typedBytes } from '#libs/protocol/vote/typed-bytes.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';

/** One proposal and one vote for each height, and no way to leave its one view. */
export const NULL_TABLE: VoteTable = {
  protocol: 'null',
  instances: 'ascending',
  viewJumpMax: VIEW_JUMP_MAX,
  firstView: toView(0n),
  proposal: 'proposal',
  prepared: 'vote',
  decides: 'vote',
  kinds: {
    proposal: { step: 0, leaderOnly: true, grounds: 'choice' },
    vote: { step: 1, grounds: 'choice' },
  },
  bytes: typedBytes,
};
