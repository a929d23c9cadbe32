import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { Federation, transactionsOf } from '#test/support/engine/engine-federation.ts';

const STOP = toHeight(3n);

/** A federation in which these members stop behind the height. */
function halting(members: readonly number[] = [0, 1, 2, 3]): Federation {
  return new Federation(4, ({ index, haltHeight }) => {
    if (members.includes(index)) haltHeight.set(STOP);
  });
}

function submitAll(federation: Federation, count: number): void {
  for (let i = 0; i < count; i++) federation.submit(i % 4, `transaction ${i}`);
}

function heights(federation: Federation): readonly bigint[] {
  return federation.members.map(({ chain }) => chain.tip().header.height);
}

/** Heights above the stop that a member signed for, whatever it said. */
function signedAbove(federation: Federation, member?: number): readonly bigint[] {
  return federation.signed
    .filter((each) => member === undefined || each.member === member)
    .flatMap(({ statement }) => statement.block?.height ?? [])
    .filter((height) => height > STOP);
}

describe('a federation that is to stop behind a height', () => {
  test('holds exactly that height on every member, however many transactions wait, and signs nothing more', () => {
    const federation = halting();
    submitAll(federation, 8);
    const signed = federation.signed.length;
    federation.pass(600_000);
    assert.deepEqual(heights(federation), [3n, 3n, 3n, 3n]);
    assert.deepEqual(signedAbove(federation), []);
    assert.equal(federation.signed.length, signed);
    assert.ok(federation.members.every(({ node }) => node.status().waiting > 0));
  });

  test('goes on where it stopped once the height is taken back, with the transactions that waited', () => {
    const federation = halting();
    submitAll(federation, 8);
    federation.pass(60_000);
    for (const { haltHeight } of federation.members) haltHeight.set(undefined);
    federation.pass(60_000);
    for (const member of federation.members)
      assert.equal(new Set(transactionsOf(member)).size, 8, 'all are final, each once');
  });

  test('decides the last height although its first leader lost the votes for it: it is proposed again, and nothing upon it', () => {
    const federation = halting();
    submitAll(federation, 2);
    let isBroken = true;
    federation.tamper = (_, sent) =>
      isBroken && sent.body.kind === 'vote' && sent.body.phase === 'commit' ? [] : [sent];
    federation.submit(0, 'the last');
    federation.pass(3_000);
    assert.deepEqual(heights(federation), [2n, 2n, 2n, 2n]);
    isBroken = false;
    federation.pass(60_000);
    assert.deepEqual(heights(federation), [3n, 3n, 3n, 3n]);
    assert.deepEqual(signedAbove(federation), []);
    for (const member of federation.members) assert.equal(transactionsOf(member).at(-1), 'the last');
  });
});

describe('one member that is to stop behind a height', () => {
  test('holds exactly that height while the others go on, and comes after them when it is taken back', () => {
    const federation = halting([1]);
    submitAll(federation, 12);
    federation.pass(120_000);
    assert.deepEqual(heights(federation)[1], 3n);
    assert.ok(heights(federation).every((height, index) => index === 1 || height > STOP));
    assert.deepEqual(signedAbove(federation, 1), []);
    assert.ok(signedAbove(federation, 0).length > 0);
    federation.member(1).haltHeight.set(undefined);
    federation.pass(60_000);
    assert.deepEqual(transactionsOf(federation.member(1)), transactionsOf(federation.member(0)));
    federation.away.add(toMemberIndex(2));
    federation.submit(0, 'needs member 1');
    federation.pass(60_000);
    assert.equal(transactionsOf(federation.member(1)).at(-1), 'needs member 1');
  });

  test('asks for no block above it while it catches up', () => {
    const federation = halting([1]);
    federation.away.add(toMemberIndex(1));
    for (let i = 0; i < 12; i++) {
      federation.submit(0, `transaction ${i}`);
      federation.pass(5_000);
    }
    federation.comeBack(1);
    federation.pass(60_000);
    assert.deepEqual(heights(federation)[1], 3n);
    assert.deepEqual(signedAbove(federation, 1), []);
  });

  test('takes part as any other before it', () => {
    const federation = halting([1]);
    federation.away.add(toMemberIndex(2));
    federation.submit(0, 'needs member 1');
    federation.pass(20_000);
    assert.deepEqual(transactionsOf(federation.member(0)), ['needs member 1']);
  });
});
