import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { DecidedHeight } from '../decided-height.ts';
import { EnteredViews } from './entered-views.ts';
import { REPORTERS_KEPT_MAX, VIEWS_KEPT_MAX } from './limits.ts';
import { Participation, type VotingEpoch } from './participation.ts';
import { ReportedHeights } from './reported-heights.ts';

const DIGEST = toDigest('d'.repeat(64));
const EPOCH: VotingEpoch = { table: { proposal: 'proposal', decides: 'commit' }, members: 4 };
const BOUNDS = { heights: 8, cells: 1_000 };
const carol = toMemberIndex(2);

function said(kind: string, height: bigint, view = 1n): VoteStatement {
  const block = { height: toHeight(height), digest: DIGEST };
  return { kind, instance: 0n, view: toView(view), block, reports: [] };
}

function decidedAt(height: bigint): DecidedHeight {
  return {
    ...{ height: toHeight(height), certifiedHeight: toHeight(height), epoch: toEpoch(0n), digest: DIGEST },
    ...{ view: toView(1n), leader: toMemberIndex(1), signers: [], atMs: 10, timeMs: 1_000 },
    ...{ isLive: true, countsVotes: true, hasGateway: true, suspended: [], links: new Map() },
    signerFault: undefined,
  };
}

describe('the record of who takes part', () => {
  test('has the first moment of the newest vote of each kind, by member', () => {
    const record = new Participation(BOUNDS);
    record.heard(carol, said('prepare', 1n), 5, EPOCH);
    record.heard(carol, said('commit', 1n), 7, EPOCH);
    record.heard(carol, said('commit', 1n), 9, EPOCH);
    record.heard(toMemberIndex(1), said('proposal', 1n), 3, EPOCH);
    const at = record.at(toHeight(1n));
    assert.deepEqual(
      at?.deciding[carol],
      { view: 1n, digest: DIGEST, atMs: 7 },
      'a repeated vote came before',
    );
    assert.equal(at?.earlier[carol]?.atMs, 5);
    assert.equal(at?.proposals[1]?.atMs, 3);
    record.heard(carol, said('commit', 1n, 2n), 20, EPOCH);
    record.heard(carol, said('commit', 1n, 1n), 21, EPOCH);
    assert.deepEqual([at?.deciding[carol]?.view, at?.deciding[carol]?.atMs], [2n, 20]);
  });

  test('notes nothing of guests, of no block, and of heights that nobody votes on', () => {
    const record = new Participation(BOUNDS);
    record.begin(toHeight(10n));
    record.heard(toMemberIndex(4), said('commit', 11n), 1, EPOCH);
    record.heard(carol, { ...said('commit', 11n), block: undefined }, 1, EPOCH);
    for (const height of [0n, 10n, 13n, 2n ** 60n]) record.heard(carol, said('commit', height), 1, EPOCH);
    assert.equal(record.size, 0);
    record.heard(carol, said('commit', 12n), 1, EPOCH);
    assert.equal(record.size, 1);
  });

  test('takes a vote for a height that is final already, as late ones are', () => {
    const record = new Participation(BOUNDS);
    record.decided(decidedAt(1n), 4);
    record.heard(carol, said('commit', 1n), 12, EPOCH);
    assert.equal(record.at(toHeight(1n))?.deciding[carol]?.atMs, 12);
    record.decided({ ...decidedAt(1n), atMs: 99 }, 4);
    assert.equal(record.at(toHeight(1n))?.decided?.atMs, 10, 'a height is decided once');
  });

  test('has the times of its own signer, and why it refused', () => {
    const record = new Participation(BOUNDS);
    const statement = said('commit', 1n);
    record.asked(statement, 3, 4);
    record.answered(said('commit', 1n, 2n), 4, 'another view');
    record.answered(statement, 6, 'x'.repeat(1_000));
    record.answered(statement, 8, undefined);
    const step = record.at(toHeight(1n))?.own.get('commit');
    assert.deepEqual([step?.askedMs, step?.answeredMs, step?.refusal?.length], [3, 6, 256]);
    record.asked({ ...said('timeout', 1n), block: undefined }, 3, 4);
    assert.equal(record.size, 1);
  });

  test('keeps the newest heights alone, whatever is said and however long it runs', () => {
    const record = new Participation(BOUNDS);
    for (let height = 1n; height <= 5_000n; height++) {
      for (const member of [0, 1, 2, 3])
        record.heard(toMemberIndex(member), said('commit', height), 1, EPOCH);
      record.heard(carol, said('commit', height + 1n), 1, EPOCH);
      record.asked(said('prepare', height), 1, 4);
      record.decided(decidedAt(height), 4);
      assert.ok(record.size <= BOUNDS.heights, `${record.size}`);
    }
    assert.equal(record.at(toHeight(4_900n)), undefined);
    assert.equal(record.lowest, 4_994n);
    assert.equal(record.at(toHeight(5_000n))?.decided?.height, 5_000n);
  });

  test('keeps fewer heights of more members', () => {
    const record = new Participation(BOUNDS);
    for (let height = 1n; height <= 20n; height++) record.decided(decidedAt(height), 400);
    assert.equal(record.size, 2);
    assert.equal(record.lowest, 19n);
    record.decided(decidedAt(21n), 5_000);
    assert.equal(record.size, 1, 'the newest one is kept however large it is');
    assert.equal(new Participation(BOUNDS).lowest, undefined);
  });
});

test('the leader of a view is found by the view, and where each height has views of its own by both', () => {
  const views = new EnteredViews();
  const entered = (view: bigint, height: bigint, leader: number) =>
    views.entered({ view: toView(view), height, leader: toMemberIndex(leader) });
  entered(0n, 7n, 1);
  entered(0n, 8n, 2);
  assert.equal(views.find(toView(0n), undefined)?.leader, 2);
  assert.equal(views.find(toView(0n), 7n)?.leader, 1);
  assert.equal(views.find(toView(1n), 7n), undefined);
  for (let view = 1; view <= VIEWS_KEPT_MAX; view++) entered(BigInt(view), 9n, 3);
  assert.equal(views.find(toView(0n), undefined), undefined, 'the oldest are forgotten');
});

describe('reported heights', () => {
  const report = (height: bigint, finalHeight: bigint, atMs = 1) =>
    ({ by: 'whereabouts', height: toHeight(height), finalHeight: toHeight(finalHeight), atMs }) as const;

  test('show a member behind at the heights between its own and that of this member, and at no other', () => {
    const heights = new ReportedHeights();
    heights.reported('carol', report(5n, 9n));
    heights.reported('carol', report(9n, 10n, 2));
    assert.equal(heights.newest('carol')?.height, 9n);
    const behind = [5n, 6n, 7n, 8n, 9n, 10n].filter((height) => heights.lagAt('carol', toHeight(height)));
    assert.deepEqual(behind, [7n, 8n, 9n], 'with 5 it may vote on 6, and of 10 the report knows nothing');
    assert.equal(heights.lagAt('dave', toHeight(8n)), undefined);
  });

  test('are bounded for one peer, and in all', () => {
    const heights = new ReportedHeights();
    for (let height = 0n; height < 100n; height++) heights.reported('carol', report(height, height + 50n));
    assert.equal(heights.lagAt('carol', toHeight(20n)), undefined, 'old reports are forgotten');
    assert.equal(heights.lagAt('carol', toHeight(140n))?.height, 90n);
    for (let peer = 0; peer < REPORTERS_KEPT_MAX; peer++) heights.reported(`peer-${peer}`, report(1n, 1n));
    assert.equal(heights.newest('carol'), undefined);
    assert.equal(heights.newest('peer-0')?.height, 1n);
  });
});
