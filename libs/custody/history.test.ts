import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import { compareMarks, slotName } from '#libs/protocol/vote/slot.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { CHAIN, CONTEXT, CustodyWorld, VIRGIN } from '#test/support/signer/custody-world.ts';
import type { CustodyState } from './custody-state.ts';
import { inEpoch } from './epoch.ts';
import { mergeHistory } from './history.ts';
import { REPEATABLE_SLOTS_MAX } from './limits.ts';
import { withMode, withNewSession } from './session.ts';
import { stateFault } from './state-fault.ts';

const OTHER_CHAIN = toDigest('d'.repeat(64));

/** The state of a key that voted through these views. */
function votedIn(...views: readonly number[]): CustodyState {
  const world = new CustodyWorld();
  for (const view of views) world.voteThrough(view);
  return world.custodian.state;
}

function mergedOf(mine: CustodyState, theirs: CustodyState) {
  const merged = mergeHistory(mine, theirs);
  assert.ok(merged.kind === 'merged', merged.kind);
  assert.equal(stateFault(merged.state), undefined);
  return merged;
}

describe('two records of one key become one (services/signer/README.md R7)', () => {
  test('each field is the higher one of the two, by itself', () => {
    const mine = { ...votedIn(1, 2), proven: toView(9n), session: 3n };
    const theirs = { ...votedIn(1, 5), viewFrom: toView(4n), session: 2n };
    const { state, raised } = mergedOf(mine, theirs);
    assert.deepEqual(state.marks.get(0n), { view: 5n, step: 3 });
    assert.deepEqual([state.lock?.view, state.high.get(0n)?.view], [5n, 5n]);
    assert.deepEqual([state.proven, state.viewFrom, state.session], [9n, 4n, 3n]);
    assert.deepEqual([...raised].sort(), ['high', 'lock', 'marks', 'signed', 'viewFrom']);
    // Three votes of view 1, which both have, and two of each of the others: the lock forbids a PREPARE beside it.
    assert.equal(state.signed.size, 7);
  });

  test('views of a height that the other knows to be over say nothing of the open one', () => {
    const mine = { ...VIRGIN, openFrom: 5n, proven: toView(20n) };
    const theirs = { ...VIRGIN, openFrom: 6n, proven: toView(3n) };
    for (const [one, other] of [
      [mine, theirs],
      [theirs, mine],
    ] as const) {
      const { state } = mergedOf(one, other);
      assert.deepEqual([state.openFrom, state.proven], [6n, 3n]);
    }
  });

  test('the later epoch wins, with its own protocol; one epoch has one protocol, so another is foreign', () => {
    const root = { view: toView(20n), height: toHeight(20n), digest: GENESIS.digest };
    const before = votedIn(1, 5);
    const epoch = toEpoch(1n);
    const after = { ...inEpoch(before, { epoch, root, table: ROUNDS_TABLE }), session: 4n };
    for (const [one, other] of [
      [before, after],
      [after, before],
    ] as const) {
      const { state } = mergedOf(one, other);
      assert.deepEqual([state.epoch, state.protocol, state.lock], [1n, 'rounds', undefined]);
      assert.deepEqual(state.signed, before.signed);
    }
    const elsewhere = inEpoch(before, { epoch, root, table: CONTEXT.table });
    assert.deepEqual(mergeHistory(after, elsewhere), { kind: 'foreign', field: 'protocol' });
    const { epoch: _, ...founding } = before;
    assert.deepEqual(mergeHistory(before, { ...founding, epoch: before.epoch, protocol: 'rounds' }), {
      kind: 'foreign',
      field: 'protocol',
    });
  });

  test('of more slots than are kept, those of the newest height stay, whatever its views', () => {
    const slotsOf = (instance: bigint, views: bigint) =>
      Array.from({ length: REPEATABLE_SLOTS_MAX - 1 }, (_, at) => {
        const view = toView(views + BigInt(at));
        return [slotName({ epoch: toEpoch(0n), instance, view, kind: 'vote' }), GENESIS.digest] as const;
      });
    const mark = { view: toView(2_000n), step: 1 };
    const mine = { ...VIRGIN, marks: new Map([[5n, mark]]), signed: new Map(slotsOf(5n, 0n)) };
    const theirs = { ...VIRGIN, marks: new Map([[4n, mark]]), signed: new Map(slotsOf(4n, 900n)) };
    const { state } = mergedOf(mine, theirs);
    assert.equal(state.signed.size, REPEATABLE_SLOTS_MAX);
    for (const name of mine.signed.keys()) assert.ok(state.signed.has(name), name);
  });

  test('a field that is lower in the other stays: nothing ever falls', () => {
    const mine = votedIn(1, 5);
    const { state, raised } = mergedOf(mine, votedIn(1, 2));
    assert.deepEqual(state.marks, mine.marks);
    assert.deepEqual(state.lock, mine.lock);
    assert.deepEqual(raised, ['signed']);
  });

  test('what one of them signed is repeated, and the rest of its view refused', () => {
    const theirs = new CustodyWorld();
    const block = theirs.voteThrough(3);
    const world = new CustodyWorld(mergedOf(VIRGIN, theirs.custodian.state).state);
    const rival = blockOn(GENESIS, 3, { salt: 1 });
    world.certified('pre-commit', rival);
    assert.equal(world.outcome(world.about('commit', block)), 'repeat');
    assert.equal(world.outcome(world.about('commit', rival)), 'CONFLICTING_SLOT');
    assert.equal(world.outcome(world.about('prepare', blockOn(GENESIS, 2))), 'STALE_SLOT');
  });

  test('two digests for one slot are named, and nothing is merged', () => {
    const other = new CustodyWorld();
    const rival = blockOn(GENESIS, 2, { salt: 1 });
    other.certified('prepare', rival);
    other.ask(other.about('pre-commit', rival));
    const merged = mergeHistory(votedIn(1, 2), other.custodian.state);
    assert.ok(merged.kind === 'conflict');
    assert.deepEqual(
      merged.conflicts.map(({ where }) => where),
      ['0/0/2/pre-commit', 'high of view 2'],
    );
  });

  test('two locks of one view are a conflict too', () => {
    const mine = votedIn(1);
    assert.ok(mine.lock !== undefined);
    const theirs = { ...mine, lock: { ...mine.lock, digest: OTHER_CHAIN }, signed: new Map(mine.signed) };
    const merged = mergeHistory(mine, theirs);
    assert.ok(merged.kind === 'conflict');
    assert.equal(merged.conflicts[0]?.where, 'lock of view 1');
  });

  test('another chain or protocol is foreign', () => {
    for (const [change, field] of [
      [{ chain: OTHER_CHAIN }, 'chain'],
      [{ protocol: 'pbft' }, 'protocol'],
    ] as const) {
      assert.deepEqual(mergeHistory(VIRGIN, { ...VIRGIN, ...change }), { kind: 'foreign', field });
    }
  });

  test('a later epoch replaces what was of the one before, from either side', () => {
    const root = { view: toView(7n), height: blockOn(GENESIS, 7).header.height, digest: CHAIN };
    const later = inEpoch(votedIn(1, 2), { epoch: toEpoch(1n), root, table: CONTEXT.table });
    const earlier = votedIn(1, 9);
    for (const { state } of [mergedOf(earlier, later), mergedOf(later, earlier)]) {
      assert.deepEqual([state.epoch, state.lock, state.marks.size, state.proven], [1n, undefined, 0, 7n]);
    }
  });
});

describe('what two records say is kept', () => {
  test('of a key that came back once, that it did: its mark is above what it signed', () => {
    const recovered = { ...votedIn(1, 2), isRecovered: true };
    assert.equal(mergedOf(votedIn(1), recovered).state.isRecovered, true);
    assert.equal(mergedOf(recovered, votedIn(1)).state.isRecovered, true);
  });

  test('of more slots than are kept, the newest', () => {
    const [name, digest] = [...votedIn(1).signed][0] ?? assert.fail();
    const marks = new Map([[0n, { view: toView(300n), step: 4 }]]);
    const slots = (from: number) =>
      new Map(
        Array.from({ length: 100 }, (_, at) => [name.replace('/1/', `/${from + at}/`), digest] as const),
      );
    const [older, newer] = [votedIn(1), votedIn(1)].map((state, at) => ({
      ...state,
      ...{ signed: slots(1 + 100 * at), marks },
    }));
    assert.ok(older !== undefined && newer !== undefined);
    for (const { state } of [mergedOf(older, newer), mergedOf(newer, older)]) {
      assert.equal(state.signed.size, REPEATABLE_SLOTS_MAX);
      assert.ok(
        state.signed.has(name.replace('/1/', '/200/')) && !state.signed.has(name.replace('/1/', '/40/')),
      );
    }
  });

  test('of heights that one of them closed, no mark', () => {
    const mark = { view: toView(3n), step: 2 };
    const came = { ...VIRGIN, isRecovered: true };
    const mine = { ...came, marks: new Map([[4n, mark]]) };
    const { state } = mergedOf(mine, { ...came, openFrom: 5n, marks: new Map([[6n, mark]]) });
    assert.deepEqual([[...state.marks.keys()], state.openFrom], [[6n], 5n]);
  });
});

describe('a key that was retired', () => {
  const exported = (state: CustodyState): CustodyState => withMode(withNewSession(state), 'retired');

  test('stays retired by its own history', () => {
    const retired = exported(votedIn(1, 2));
    assert.equal(mergedOf(retired, retired).state.mode, 'retired');
  });

  test('signs again when its history comes back from the next keeper, and not by an older copy of it', () => {
    const first = exported(votedIn(1, 2));
    const second = mergedOf(VIRGIN, first).state;
    assert.equal(second.mode, 'active');
    const handedBack = exported(second);
    const back = mergedOf(first, handedBack).state;
    assert.equal(back.mode, 'active');
    const again = exported(back);
    assert.equal(mergedOf(again, handedBack).state.mode, 'retired');
  });

  test('and not by a history that lacks some of what it signed', () => {
    const retired = exported(votedIn(1, 5));
    const theirs = { ...exported(votedIn(1, 2)), session: 9n };
    assert.equal(mergedOf(retired, theirs).state.mode, 'retired');
  });

  test('as does an imported key, whose record was never used, when its past is imported', () => {
    const unused = withMode(VIRGIN, 'quarantined');
    const past = exported(votedIn(1, 2));
    const { mode, marks } = mergedOf(unused, past).state;
    assert.deepEqual([mode, marks], ['active', past.marks]);
    assert.equal(mergedOf(unused, { ...past, session: 0n }).state.mode, 'quarantined');
    assert.equal(mergedOf(withNewSession(unused), { ...past, session: 9n }).state.mode, 'quarantined');
  });

  test('while any other quarantine is lifted by no history', () => {
    const quarantined = withMode(votedIn(1), 'quarantined');
    assert.equal(mergedOf(quarantined, { ...votedIn(1, 2), session: 9n }).state.mode, 'quarantined');
  });
});

test('merging is the same from both sides, twice is once, and no mark or lock falls', () => {
  const anyViews = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(anyViews, anyViews, (a, b) => {
      const [mine, theirs] = [
        votedIn(...a.toSorted((x, y) => x - y)),
        votedIn(...b.toSorted((x, y) => x - y)),
      ];
      const { state } = mergedOf(mine, theirs);
      assert.deepEqual(mergedOf(theirs, mine).state.marks, state.marks);
      assert.deepEqual(mergedOf(theirs, mine).state.signed, state.signed);
      assert.deepEqual(mergedOf(state, theirs).raised, []);
      for (const each of [mine, theirs]) {
        const [was, is] = [each.marks.get(0n), state.marks.get(0n)];
        assert.ok(was !== undefined && is !== undefined && compareMarks(is, was) >= 0);
        assert.ok((state.lock?.view ?? 0n) >= (each.lock?.view ?? 0n));
        for (const [slot, digest] of each.signed) assert.equal(state.signed.get(slot), digest);
      }
    }),
  );
});
