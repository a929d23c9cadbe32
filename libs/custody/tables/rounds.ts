import { toView } from '#libs/chain/ids.ts';
import { minusView } from '#libs/protocol/leader/minus-view.ts';
import { PBFT_TABLE } from '#libs/protocol/pbft/vote-table.ts';
import { VIEW_JUMP_MAX } from '#libs/protocol/vote/limits.ts';
import { typedBytes } from '#libs/protocol/vote/typed-bytes.ts';
import type { KindRow, VoteTable } from '#libs/protocol/vote/vote-table.ts';

/** Heights are decided one after the other, each in views from 0 (libs/custody/README.md 3.4). */
const ROUNDS = {
  instances: 'ascending',
  viewJumpMax: VIEW_JUMP_MAX,
  firstView: toView(0n),
  bytes: typedBytes,
} as const;

const PROPOSAL: KindRow = { step: 0, leaderOnly: true, grounds: 'choice' };
const FIRST_VOTE: KindRow = { step: 1, grounds: 'choice' };

/**
 * dBFT 3.0. PRE-COMMIT rests on the preparations of a quorum and is remembered, COMMIT rests on the PRE-COMMITs of a quorum.
 * A member that gave either may leave the view, and reports what it committed on; COMMITs of honest keys for one height are for one block.
 */
export const DBFT_TABLE: VoteTable = {
  ...ROUNDS,
  protocol: 'dbft',
  leaders: minusView,
  proposal: 'prepare-request',
  prepared: 'prepare-response',
  decides: 'commit',
  kinds: {
    'prepare-request': PROPOSAL,
    'prepare-response': FIRST_VOTE,
    'pre-commit': { step: 2, grounds: 'none', needs: 'prepare-response', remembers: 'high' },
    commit: { step: 3, grounds: 'none', needs: 'pre-commit' },
    'change-view': { step: 4, grounds: 'none', leaves: true },
  },
};

/**
 * The phased protocol: yes or no, finalize, and round changes that carry the highest approved block on. The block of an
 * emergency follows from its parent alone, and is approved without a leader's signature.
 */
export const PHASED_TABLE: VoteTable = {
  ...ROUNDS,
  protocol: 'phased',
  proposal: 'proposal',
  prepared: 'approve',
  decides: 'finalize',
  kinds: {
    proposal: PROPOSAL,
    approve: { ...FIRST_VOTE, derived: true },
    reject: { step: 1, grounds: 'none' },
    finalize: { step: 2, grounds: 'none', needs: 'approve', remembers: 'high' },
    'round-change': { step: 3, grounds: 'none', leaves: true },
  },
};

/** The tables of rounds, by their protocols. */
export const ROUNDS_TABLES: ReadonlyMap<string, VoteTable> = new Map(
  [PBFT_TABLE, DBFT_TABLE, PHASED_TABLE].map((table) => [table.protocol, table]),
);
