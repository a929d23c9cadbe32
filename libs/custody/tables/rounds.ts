import { toView } from '#libs/chain/ids.ts';
import { VIEW_JUMP_MAX } from '#libs/protocol/vote/limits.ts';
import { typedBytes } from '#libs/protocol/vote/typed-bytes.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';

const FIRST = { viewJumpMax: VIEW_JUMP_MAX, firstView: toView(0n), bytes: typedBytes } as const;

/**
 * PBFT (libs/custody/README.md 3.4): several sequence numbers at one time. COMMIT rests on the prepared certificate,
 * which is the PREPARE of a quorum, the leader's own among them. A member that leaves a view leaves it for all numbers,
 * with all that it prepared above its last stable checkpoint. CHECKPOINT rests on the commit certificate, and the
 * checkpoints of a quorum close the numbers up to theirs: nothing else does. Decided otherwise: DECISIONS.md 98.
 */
export const PBFT_TABLE: VoteTable = {
  ...FIRST,
  protocol: 'pbft',
  instances: 'window',
  proposal: 'pre-prepare',
  prepared: 'prepare',
  decides: 'commit',
  kinds: {
    'pre-prepare': { step: 0, leaderOnly: true, grounds: 'choice' },
    prepare: { step: 1, grounds: 'choice' },
    commit: { step: 2, grounds: 'none', needs: 'prepare', remembers: 'high' },
    'view-change': { step: 3, grounds: 'none', leaves: 'everywhere' },
    checkpoint: { step: 0, grounds: 'none', settles: true },
  },
};

/**
 * dBFT (libs/custody/README.md 3.4): one COMMIT for a height, ever, and nothing else of that height after it, no change
 * of view either (the shape of neo-modules 780). PRE-COMMIT rests on the preparations of a quorum. Decided otherwise:
 * DECISIONS.md 98.
 */
export const DBFT_TABLE: VoteTable = {
  ...FIRST,
  protocol: 'dbft',
  instances: 'ascending',
  proposal: 'prepare-request',
  prepared: 'prepare-response',
  decides: 'commit',
  kinds: {
    'prepare-request': { step: 0, leaderOnly: true, grounds: 'choice' },
    'prepare-response': { step: 1, grounds: 'choice' },
    'pre-commit': { step: 2, grounds: 'none', needs: 'prepare-response', remembers: 'high' },
    commit: { step: 3, grounds: 'none', needs: 'pre-commit', final: true },
    'change-view': { step: 4, grounds: 'none', leaves: 'instance' },
  },
};

/** The phased protocol: approve, finalize, and rounds that carry the highest approved block on. */
export const PHASED_TABLE: VoteTable = {
  ...FIRST,
  protocol: 'phased',
  instances: 'ascending',
  proposal: 'proposal',
  prepared: 'approve',
  decides: 'finalize',
  kinds: {
    proposal: { step: 0, leaderOnly: true, grounds: 'choice' },
    approve: { step: 1, grounds: 'choice' },
    finalize: { step: 2, grounds: 'none', needs: 'approve', remembers: 'high' },
    'round-change': { step: 3, grounds: 'none', leaves: 'instance' },
  },
};
