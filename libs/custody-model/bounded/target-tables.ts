import { DBFT_TABLE, PBFT_TABLE, PHASED_TABLE } from '#libs/custody/tables/rounds.ts';
import type { KindRow, VoteTable } from '#libs/protocol/vote/vote-table.ts';

/**
 * The tables of the protocols of rounds as the signer is to have them, searched before anybody goes by them. The present
 * ones are in libs/custody/tables/rounds.ts. Once those are these, this file goes.
 */

const FIRST_VOTE: KindRow = { step: 1, grounds: 'choice' };
const PROPOSAL: KindRow = { step: 0, leaderOnly: true, grounds: 'choice' };

/** PBFT with one block in flight: a slot for each height, no window, no checkpoint votes, and a view is left in one height. */
const PBFT: VoteTable = {
  ...PBFT_TABLE,
  instances: 'ascending',
  kinds: {
    'pre-prepare': PROPOSAL,
    prepare: FIRST_VOTE,
    commit: { step: 2, grounds: 'none', needs: 'prepare', remembers: 'high' },
    'view-change': { step: 3, grounds: 'none', leaves: 'instance' },
  },
};

/** dBFT 3.0: whoever gave its COMMIT may still give the view up, and reports what it committed on. */
const DBFT: VoteTable = {
  ...DBFT_TABLE,
  kinds: {
    'prepare-request': PROPOSAL,
    'prepare-response': FIRST_VOTE,
    'pre-commit': { step: 2, grounds: 'none', needs: 'prepare-response', remembers: 'high' },
    commit: { step: 3, grounds: 'none', needs: 'pre-commit' },
    'change-view': { step: 4, grounds: 'none', leaves: 'instance' },
  },
};

/**
 * Phased votes with a no. A block that follows from the height alone (an emergency block) needs no leader's signature; the
 * search has a liar in the place of every leader, who signs every proposal, so it goes through those votes too.
 */
const PHASED: VoteTable = {
  ...PHASED_TABLE,
  kinds: {
    proposal: PROPOSAL,
    approve: FIRST_VOTE,
    reject: { step: 1, grounds: 'none' },
    finalize: { step: 2, grounds: 'none', needs: 'approve', remembers: 'high' },
    'round-change': { step: 3, grounds: 'none', leaves: 'instance' },
  },
};

export const TARGET_TABLES: ReadonlyMap<string, VoteTable> = new Map(
  [PBFT, DBFT, PHASED].map((table) => [table.protocol, table]),
);
