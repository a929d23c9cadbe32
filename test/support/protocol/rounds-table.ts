import { toView } from '#libs/chain/ids.ts';
import { typedBytes } from '#libs/protocol/vote/typed-bytes.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';

/** A protocol of rounds: an instance for each height, views from 0, and two steps; nobody starts from a certificate. */
export const ROUNDS_TABLE: VoteTable = {
  protocol: 'rounds',
  instances: 'ascending',
  viewJumpMax: 8n,
  firstView: toView(0n),
  proposal: 'proposal',
  prepared: 'prepare',
  decides: 'commit',
  kinds: {
    proposal: { step: 0, leaderOnly: true, grounds: 'choice' },
    prepare: { step: 1, grounds: 'choice' },
    reject: { step: 1, grounds: 'none' },
    commit: { step: 2, grounds: 'none', needs: 'prepare', remembers: 'high' },
    leave: { step: 3, grounds: 'none', leaves: true },
  },
  bytes: typedBytes,
};
