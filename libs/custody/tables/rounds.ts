import { toView } from '#libs/chain/ids.ts';
import { DBFT_TABLE } from '#libs/protocol/dbft/vote-table.ts';
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
