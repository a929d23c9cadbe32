import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { toDigest, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { sealed } from '#test/support/hotstuff/sealed.ts';
import { ConductWatch } from './conduct-watch.ts';
import { PROPOSALS_PER_VIEW_MAX } from './evidence-limits.ts';

const ME = toMemberIndex(0);
const LEADER = toMemberIndex(1);
const OTHER = toMemberIndex(2);
const SIGNATURE = new Uint8Array(1);

/** The claim of the next message. */
let statement: VoteStatement;
let notices: string[];
let nowMs: number;
let certified: string[];
let votePath: 'leader' | 'all';
let leader = ME;

const position = { instance: 3n, view: toView(10n) };
const protocol = {
  votes: HOTSTUFF.votes,
  earlyViewsMax: 2n,
  module: { ownClaim: () => ({ member: LEADER, signature: SIGNATURE, statement }) },
};
const message = sealed({
  kind: 'vote',
  phase: 'prepare',
  view: toView(1n),
  height: toHeight(1n),
  digest: toDigest('1'.repeat(64)),
  member: LEADER,
  signature: SIGNATURE,
});

function watching(): ConductWatch {
  const timing = { viewTimeoutMs: 1_000, viewTimeoutMsMax: 8_000 };
  return new ConductWatch({
    protocol,
    context: { me: ME, leader: () => LEADER, timing },
    clock: { nowMs: () => nowMs },
    monitor: { noticed: (member, fault) => void notices.push(`${member} ${fault}`) },
    replica: () => ({
      ...{ position, leader, votePath, phase: 'prepare', certified, timedOutViews: 0n },
      tally: () => assert.fail('it needs no counts'),
    }),
  });
}

function said(kind: string, instance: bigint, view: bigint): VoteStatement {
  return { kind, instance, view: toView(view), block: undefined, reports: [] };
}

describe('the watch for conduct', () => {
  let watch: ConductWatch;
  beforeEach(() => {
    [notices, nowMs, certified, leader, votePath] = [[], 0, [], ME, 'leader'];
    watch = watching();
  });

  function hear(times: number, from = LEADER): void {
    for (let time = 0; time < times; time += 1) watch.heard(from, message);
  }

  for (const [place, instance, view, isCounted] of [
    ['of this view', 3n, 10n, true],
    ['of the last view that can be early', 3n, 12n, true],
    ['of a view beyond', 3n, 13n, false],
    ['of a view before', 3n, 9n, false],
    ['of the instance before', 2n, 11n, false],
    ['of the next instance', 4n, 2n, true],
    ['of a late view of the next instance', 4n, 3n, false],
    ['of an instance further ahead', 5n, 1n, false],
  ] as const) {
    test(`counts proposals ${place}: ${isCounted ? 'yes' : 'no, or a liar would fill the memory'}`, () => {
      statement = said('proposal', instance, view);
      hear(PROPOSALS_PER_VIEW_MAX);
      assert.deepEqual(notices, []);
      hear(1);
      assert.deepEqual(notices, isCounted ? ['1 too many proposals of one view'] : []);
    });
  }

  test('says nothing of proposals that somebody else passes on, nor after half a view timeout', () => {
    statement = said('proposal', 3n, 10n);
    hear(PROPOSALS_PER_VIEW_MAX + 1, OTHER);
    hear(PROPOSALS_PER_VIEW_MAX);
    nowMs = 501;
    hear(PROPOSALS_PER_VIEW_MAX);
    assert.deepEqual(notices, []);
  });

  test('knows a vote that comes before the certificate it needs, as the leader', () => {
    statement = said('pre-commit', 3n, 10n);
    hear(1);
    assert.deepEqual(notices, ['1 vote before its time']);
    certified = ['prepare'];
    hear(1);
    leader = OTHER;
    certified = [];
    hear(1);
    statement = said('prepare', 3n, 10n);
    hear(1);
    assert.deepEqual(notices, ['1 vote before its time']);
  });

  test('blames nobody for such a vote where every member counts: the sender may have heard others first', () => {
    votePath = 'all';
    statement = said('pre-commit', 3n, 10n);
    hear(1);
    assert.deepEqual(notices, []);
  });
});
