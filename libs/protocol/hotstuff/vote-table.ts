import { toView } from '#libs/chain/ids.ts';
import { VIEW_JUMP_MAX } from '../vote/limits.ts';
import type { VoteTable } from '../vote/vote-table.ts';
import { signingBytes } from './signing-bytes.ts';

/** Basic HotStuff (libs/custody/README.md 3.3): the lock is the pre-commit certificate that the key voted COMMIT on. */
export const HOTSTUFF_TABLE: VoteTable = {
  protocol: 'hotstuff',
  instances: 'one',
  viewJumpMax: VIEW_JUMP_MAX,
  firstView: toView(1n),
  proposal: 'proposal',
  prepared: 'prepare',
  decides: 'commit',
  kinds: {
    proposal: { step: 0, leaderOnly: true, grounds: 'extension' },
    prepare: { step: 1, grounds: 'proposal' },
    'pre-commit': { step: 2, grounds: 'none', needs: 'prepare', remembers: 'high' },
    commit: { step: 3, grounds: 'none', needs: 'pre-commit', remembers: 'lock' },
    timeout: { step: 4, grounds: 'none', leaves: true },
  },
  bytes: signingBytes,
};
