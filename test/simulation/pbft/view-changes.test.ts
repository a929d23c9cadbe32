import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { askedFor, RoundsCore, roundLeave, statementsOf } from '#test/support/rounds/rounds-harness.ts';
import { decideBlocks, proposersOf } from './decide-blocks.ts';
import { DEFAULT_WAITS } from './default-waits.ts';
import { PbftFederation } from './pbft-federation.ts';
import { type Carried, isVoteOf } from './pbft-post.ts';

const { viewTimeoutMs: WAIT_MS } = DEFAULT_WAITS;

/** A proposal, or an answer that may hold one. */
const mayPropose = ({ message }: Carried) => message.kind === 'proposal' || message.kind === 'recovery';

const isOf =
  (kind: string) =>
  ({ message }: Carried) =>
    message.kind === kind;

/** When each member entered a view of a height; those that did not are left out. */
function entries(
  federation: PbftFederation,
  view: bigint,
  height = 1n,
): readonly (readonly [number, number])[] {
  return federation.seen.entered
    .filter((each) => each.instance === height && each.view === view)
    .map(({ member, atMs }) => [member, atMs] as const)
    .sort(([one], [other]) => one - other);
}

/** The members whose leave of view 0 of height 1 was sent. */
const askers = (federation: PbftFederation) =>
  [...new Set(federation.post.sent.filter(isOf('leave')).map(({ from }) => from))].sort();

describe('a view of PBFT whose proposer is dead', () => {
  test('TW-2.3.4 TW-2.6.1: ends after its wait of two seconds: all go to round 1, and try the same transaction again', () => {
    const federation = new PbftFederation(4);
    federation.crash(0);
    federation.submit(2, 'tried again');
    federation.pass(WAIT_MS - 1);
    assert.deepEqual([entries(federation, 1n), WAIT_MS], [[], 2_000]);
    federation.pass(1);
    assert.deepEqual(entries(federation, 1n), [
      [1, WAIT_MS],
      [2, WAIT_MS],
      [3, WAIT_MS],
    ]);
    assert.deepEqual(federation.heights, [0, 1, 1, 1]);
    const { header, transactions } = federation.block(1, 2);
    assert.deepEqual(
      [header.view, transactions.map(({ bytes }) => Buffer.from(bytes).toString())],
      [1n, ['tried again']],
    );
  });

  test('TW-2.6.2: is taken by the next in the order, one block later', () => {
    const federation = new PbftFederation(4);
    decideBlocks(federation, 1);
    federation.crash(1);
    decideBlocks(federation, 2);
    assert.deepEqual(proposersOf(federation, 3), [0, 2, 3]);
    assert.deepEqual(
      [1, 2, 3].map((height) => federation.block(height).header.view),
      [0n, 1n, 0n],
    );
  });

  for (const [name, capMs, waits] of [
    ['', 60_000, [2_000, 4_000, 8_000]],
    [', up to its cap', 5_000, [2_000, 4_000, 5_000]],
  ] as const) {
    test(`TW-2.6.4: is followed by one of twice the wait${name}: three dead proposers of ten cost ${waits} ms`, () => {
      const federation = new PbftFederation(10, { ...DEFAULT_WAITS, viewTimeoutMsMax: capMs });
      federation.crash(0, 1, 2);
      federation.submit(5, 'after three');
      federation.pass(20_000);
      const [, ...entered] = [0n, 1n, 2n, 3n].map(
        (view) => new Set(entries(federation, view).map(([, atMs]) => atMs)),
      );
      let sumMs = 0;
      const sums = waits.map((ms) => (sumMs += ms));
      assert.deepEqual(
        entered.map((times) => [...times]),
        sums.map((ms) => [ms]),
      );
      assert.deepEqual([federation.block(1, 5).header.proposer, DEFAULT_WAITS.viewTimeoutMsMax], [3, 60_000]);
    });
  }
});

describe('a change of the view', () => {
  test('TW-2.6.3: is not made by two of seven that ask; a third has all join, and a new proposer decides', () => {
    const federation = new PbftFederation(7);
    // Transactions stay at the member that they are given to, and the proposer has nothing to propose.
    federation.post.carryRest = () => undefined;
    for (const member of [1, 2]) federation.submit(member, `given to ${member}`);
    federation.pass(300_000);
    assert.deepEqual([askers(federation), entries(federation, 1n)], [[1, 2], []]);
    federation.submit(3, 'given to 3');
    federation.pass(WAIT_MS);
    assert.deepEqual(askers(federation), [0, 1, 2, 3, 4, 5, 6]);
    assert.deepEqual(
      entries(federation, 1n).map(([member]) => member),
      [0, 1, 2, 3, 4, 5, 6],
    );
    const { header } = federation.block(1, 6);
    assert.deepEqual([header.view, header.proposer], [1n, 1]);
    assert.ok(federation.heights.every((height) => height >= 1));
  });

  test('TW-2.11.7: takes MissingProposer votes of a quorum: f are not followed, f + 1 are, and q - 1 begin no round', () => {
    const core = new RoundsCore({ me: 6, members: 7, work: false });
    for (const member of [1, 2]) assert.deepEqual(askedFor(core.receive(member, roundLeave(member))), []);
    const joining = core.receive(3, roundLeave(3));
    assert.deepEqual(askedFor(joining), ['view-change 1/0']);
    for (const statement of statementsOf(joining)) core.signed(statement);
    assert.deepEqual([core.at.leaves.size, core.at.view], [4, 0n]);
    const entered = core.receive(4, roundLeave(4)).flatMap((each) => (each.kind === 'entered' ? [each] : []));
    assert.deepEqual(
      entered.map(({ position, leader }) => [position.view, leader]),
      [[1n, 1]],
    );
  });

  test('TW-2.6.5: begins the votes anew, and keeps what was prepared: that very block is decided in the next view', () => {
    const federation = new PbftFederation(4);
    const mayVote = ({ message }: Carried) => message.kind === 'vote' || message.kind === 'recovery';
    // The federation is split right after the first votes.
    federation.post.carry = (carried) => (isVoteOf(carried, 'commit') ? undefined : carried.message);
    federation.submit(0, 'prepared');
    const prepared = federation.state(1).at.prepared;
    assert.equal(prepared?.view, 0n);
    // The next leader would build another block of this.
    federation.submit(1, 'new');
    federation.post.carry = (carried) => (mayVote(carried) ? undefined : carried.message);
    federation.pass(WAIT_MS);
    for (const member of [0, 1, 2, 3]) {
      const { view, votes, leaves, left, prepared: kept, proposal } = federation.state(member).at;
      assert.deepEqual([view, leaves.size, left?.view, kept?.digest], [1n, 0, 0n, prepared.digest]);
      assert.equal(proposal?.block.digest, prepared.digest);
      // Its own first vote of the new view, and its deciding one of the old.
      assert.deepEqual([...votes.keys()].sort(), ['0 commit', '1 prepare']);
      assert.equal(votes.get('1 prepare')?.size, 1);
    }
    federation.post.carryAll();
    federation.pass(2_000);
    assert.deepEqual(
      federation.heights.map((height) => height >= 1),
      [true, true, true, true],
    );
    const { digest, header } = federation.block(1);
    assert.deepEqual([digest, header.view, header.proposer], [prepared.digest, 0n, 0]);
  });

  test('TW-2.6.6: takes along a member that comes back while others are in round 3: it votes there', () => {
    const federation = new PbftFederation(7);
    federation.crash(6);
    federation.post.carry = (carried) => (mayPropose(carried) ? undefined : carried.message);
    federation.submit(1, 'late');
    federation.pass((2 + 4 + 8) * 1_000 + 500);
    assert.deepEqual([federation.state(1).at.view, federation.heights], [3n, [0, 0, 0, 0, 0, 0, 0]]);
    federation.start(6);
    federation.pass(1_000);
    assert.equal(federation.state(6).at.view, 3n);
    federation.post.carryAll();
    federation.pass(1_500);
    const votes = federation.seen.signed
      .filter(({ member, statement }) => member === 6 && statement.instance === 1n)
      .map(({ statement: { kind, view } }) => `${kind} ${view}`);
    assert.deepEqual(
      [votes, federation.heights],
      [
        ['prepare 3', 'commit 3'],
        [1, 1, 1, 1, 1, 1, 1],
      ],
    );
    assert.equal(federation.decision(1).view, 3n);
  });

  test('TW-2.6.7: leads to the same proposers in the eyes of all, view by view', () => {
    const federation = new PbftFederation(4);
    decideBlocks(federation, 1);
    federation.post.carry = (carried) => (mayPropose(carried) ? undefined : carried.message);
    federation.submit(2, 'waits');
    federation.pass((2 + 4 + 8 + 16 + 32) * 1_000);
    const tables = [0, 1, 2, 3].map((member) =>
      federation.seen.entered
        .filter((each) => each.member === member)
        .map(({ instance, view, leader }) => `${instance}/${view} ${leader}`),
    );
    for (const table of tables)
      assert.deepEqual(table, ['1/0 0', '2/0 1', '2/1 2', '2/2 3', '2/3 0', '2/4 1', '2/5 2']);
  });

  test('TW-2.11.5: is asked for alone by a member whose synchronisation fails: it moves no proposer, neither its own nor that of others', () => {
    const federation = new PbftFederation(4);
    // Nothing of the others comes to member 3, so that it stays at height 1 with work that waits.
    federation.post.carry = ({ to, message }) => (to === 3 ? undefined : message);
    federation.post.carryRest = ({ to, body }) => (to === 3 ? undefined : body);
    federation.submit(3, 'seen by it too');
    decideBlocks(federation, 2);
    federation.pass(60_000);
    assert.deepEqual([askers(federation), federation.state(3).at.left?.view], [[3], 0n]);
    assert.deepEqual([federation.state(3).at.height, federation.state(3).at.view], [1n, 0n]);
    assert.deepEqual(federation.heights.slice(0, 3), [3, 3, 3]);
    assert.deepEqual(proposersOf(federation, 3), [0, 1, 2]);
    assert.deepEqual(
      federation.seen.entered.filter(({ view }) => view > 0n),
      [],
    );
  });
});
