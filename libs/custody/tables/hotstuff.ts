import { assert } from '#libs/assert/assert.ts';
import { toHeight, toView } from '#libs/chain/ids.ts';
import { type Statement, signingBytes } from '#libs/protocol/statement.ts';
import { VIEW_JUMP_MAX } from '../limits.ts';
import type { TypedStatement } from '../typed-statement.ts';
import type { VoteTable } from '../vote-table.ts';

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
    timeout: { step: 4, grounds: 'none', leaves: 'instance' },
  },
  bytes: (scope, statement) => signingBytes(scope, toHotStuff(statement)),
};

function toHotStuff({ kind, view, block, reports }: TypedStatement): Statement {
  if (kind === 'timeout') {
    const [high] = reports;
    assert(high !== undefined, 'a timeout reports a certificate');
    return { kind, view, highView: high.view, highDigest: high.digest };
  }
  assert(block !== undefined, `a ${kind} is about a block`);
  assert(isBlockKind(kind), `HotStuff has no ${kind}`);
  return { kind, view, height: toHeight(block.height), digest: block.digest };
}

function isBlockKind(kind: string): kind is 'proposal' | 'prepare' | 'pre-commit' | 'commit' {
  return kind === 'proposal' || kind === 'prepare' || kind === 'pre-commit' || kind === 'commit';
}
