import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { frontierStateRoot } from '#libs/chain/state-sections.ts';
import type { EmptyBlocks } from '#libs/protocol/empty-blocks.ts';
import { NextRootLog } from '#libs/simulation/nodes/next-root-log.ts';
import { Federation, transactionsOf } from '#test/support/engine/engine-federation.ts';

const LONG_MS = 60_000;

function federationOf(emptyBlocks: EmptyBlocks, isNextRoot = false): Federation {
  const applicationOf = isNextRoot
    ? (chain: ConstructorParameters<typeof NextRootLog>[0]) => new NextRootLog(chain)
    : undefined;
  return new Federation(4, undefined, applicationOf, { emptyBlocks });
}

/** How many transactions the final blocks of each member hold, above genesis. */
function counts({ members }: Federation): readonly (readonly number[])[] {
  return members.map(({ chain }) => chain.final.slice(1).map(({ transactions }) => transactions.length));
}

/** The same of every member. */
const four = <Value>(value: Value): readonly Value[] => [value, value, value, value];

function submitted(federation: Federation, ...texts: readonly string[]): Federation {
  for (const text of texts) {
    federation.submit(0, text);
    federation.pass(LONG_MS);
  }
  return federation;
}

describe('a federation that makes empty blocks', () => {
  test('"never" rests until a transaction comes, and after it: no block, no timer, no signature', () => {
    const federation = federationOf('never', true);
    federation.pass(LONG_MS);
    assert.deepEqual([counts(federation), federation.signed.length], [four([]), 0]);
    submitted(federation, 'one');
    const { length } = federation.signed;
    federation.pass(LONG_MS);
    assert.deepEqual([counts(federation), federation.signed.length], [four([1]), length]);
    assert.deepEqual(
      federation.members.map(({ node }) => node.protocol().timedOutViews),
      four(0n),
    );
  });

  test('"always" makes them one after the other, and transactions stand in the next', () => {
    const federation = federationOf('always');
    federation.pass(LONG_MS / 60);
    const before = federation.member(0).chain.tip().header.height;
    assert.ok(before > 5n, `${before}`);
    assert.ok(
      counts(federation)
        .flat()
        .every((count) => count === 0),
    );
    federation.submit(0, 'one');
    federation.pass(LONG_MS / 60);
    assert.deepEqual(federation.members.map(transactionsOf), four(['one']));
    assert.ok(federation.member(0).chain.tip().header.height > before + 5n);
  });

  test('as a "proof" makes just one after the last block whose root stands in no header, and rests', () => {
    const federation = submitted(federationOf('proof', true), 'one', 'two');
    assert.deepEqual(counts(federation), four([1, 0, 1, 0]));
    const { length } = federation.signed;
    federation.pass(LONG_MS);
    assert.deepEqual([counts(federation), federation.signed.length], [four([1, 0, 1, 0]), length]);
    for (const { chain } of federation.members) {
      const { header } = chain.tip();
      assert.equal(header.stateRoot, frontierStateRoot(chain.frontierOf(header.parent) ?? assert.fail()));
    }
  });

  test('as a "proof" makes none while blocks with transactions follow each other', () => {
    const federation = federationOf('proof', true);
    federation.messageMs = 50;
    federation.submit(0, 'one');
    federation.pass(100);
    assert.equal(federation.member(0).chain.tip().header.height, 0n);
    federation.submit(1, 'two');
    federation.pass(LONG_MS);
    assert.deepEqual(counts(federation), four([1, 1, 0]));
  });

  test('as a "proof" makes none where the root stands in the header of its own block', () => {
    assert.deepEqual(counts(submitted(federationOf('proof'), 'one', 'two')), four([1, 1]));
  });
});

describe('a block that is prepared, and not decided before its view ends', () => {
  /** The heights with the view that made the block and the view that decided it, after view 1 had no PRE-COMMIT. */
  function decided(isNextRoot: boolean): readonly unknown[] {
    const federation = federationOf('proof', isNextRoot);
    federation.tamper = (_, sent) =>
      sent.body.kind === 'vote' && sent.body.phase === 'pre-commit' && sent.body.view === 1n ? [] : [sent];
    submitted(federation, 'one');
    return federation.members.map(({ chain }) =>
      chain.final.slice(1).map(({ header }) => {
        const { certificate } = chain.certifiedBlock(header.height) ?? assert.fail();
        return [header.view, certificate.view, certificate.height];
      }),
    );
  }

  test('is extended by the next leader where the application knows undecided parents', () => {
    assert.deepEqual(
      decided(false),
      four([
        [1n, 2n, 2n],
        [2n, 2n, 2n],
      ]),
    );
  });

  test('is proposed again where it does not, and only then comes the next block', () => {
    assert.deepEqual(
      decided(true),
      four([
        [1n, 2n, 1n],
        [3n, 3n, 2n],
      ]),
    );
  });
});
