import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  GetStatusResponse,
  type QuorumReach,
  ReplicaMode,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { modeText, reachesQuorum } from './member-status.ts';

const status = GetStatusResponse.fromPartial({ header: { finalHeight: 1_234n }, targetHeight: 10_000n });

const LOST: QuorumReach = {
  reached: false,
  members: 5,
  reachable: 2,
  needed: 4,
  totalWeight: 5n,
  reachableWeight: 2n,
  neededWeight: 4n,
  away: ['bob', 'carol', 'erin'],
};

test('F-40 a lost quorum is told apart from one that is not told', () => {
  assert.equal(reachesQuorum(status), true);
  assert.equal(reachesQuorum({ ...status, quorum: LOST }), false);
  assert.equal(reachesQuorum({ ...status, quorum: { ...LOST, reachable: 4, reachableWeight: 4n } }), true);
});

describe('the mode of a member in words', () => {
  const cases: readonly (readonly [string, Partial<GetStatusResponse>])[] = [
    ['active', { mode: ReplicaMode.ACTIVE }],
    ['catching up 1234/10000', { mode: ReplicaMode.CATCHING_UP }],
    ['catching up 1234/10000, 3 s left', { mode: ReplicaMode.CATCHING_UP, catchUpRemainingS: 3 }],
    [
      'taking a snapshot of height 10000, part 3/40, 3 s left',
      {
        mode: ReplicaMode.CATCHING_UP,
        catchUpRemainingS: 3,
        snapshot: { chunks: 3, chunksTotal: 40 },
      },
    ],
    [
      'active, fetching blocks 12 to 900, 2 s left',
      { mode: ReplicaMode.ACTIVE, missingHistory: { fromHeight: 12n, toHeight: 900n, remainingS: 2 } },
    ],
    [
      'follows without votes: the key is locked',
      { mode: ReplicaMode.ACTIVE, signerFault: 'the key is locked' },
    ],
    [
      'no quorum: 2 of 5 members reachable, 4 needed; away: bob, carol, erin',
      { mode: ReplicaMode.ACTIVE, quorum: LOST },
    ],
    ['halted: the disk is full', { mode: ReplicaMode.HALTED, haltReason: 'the disk is full' }],
  ];
  for (const [text, change] of cases) {
    test(`is "${text}"`, () => assert.equal(modeText({ ...status, ...change }), text));
  }
});
