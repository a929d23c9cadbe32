import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ALL_RULES } from '#libs/custody/judge.ts';
import { ROUNDS_TABLES } from '#libs/custody/tables/rounds.ts';
import { hotStuffWorld } from '#libs/custody-model/hotstuff-world.ts';
import { searchKeys } from '#libs/custody-model/key-search.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { KEYS_ALONE } from '#libs/simulation/conformance/courses/keys-course.ts';
import { branchWorld } from '#libs/simulation/conformance/keys/branch-world.ts';
import { keySearchFault } from '#libs/simulation/conformance/keys/key-search-case.ts';
import { QUICK } from '#libs/simulation/conformance/words/effort.ts';
import { judgedProtocol } from '#libs/simulation/conformance/words/judged-protocol.ts';
import { NULL_CONTENDER } from './null-contender.ts';

/** The failures of C3 for a table, whatever module it is of. */
function failuresOf(table: VoteTable): readonly string[] {
  const facts = {
    ...NULL_CONTENDER,
    votePath: 'all',
    vectors: [],
    mutants: [],
    processes: [],
    others: [],
  } as const;
  const open = KEYS_ALONE.open({ ...judgedProtocol(facts), table }, QUICK);
  return Array.from({ length: open.parts }, (_, part) => open.run(part)).flatMap(({ failures }) =>
    failures.map(({ text }) => text),
  );
}

describe('the search through what hosts can bring keys to', () => {
  test('sees just as many states by the table alone as the search that knows HotStuff', () => {
    for (const [places, blocks] of [
      [[{ view: 0, parent: undefined }], [{ view: 1, parent: undefined }]],
      [
        [
          { view: 0, parent: undefined },
          { view: 1, parent: undefined },
          { view: 1, parent: 0 },
        ],
        [
          { view: 1, parent: undefined },
          { view: 2, parent: undefined },
          { view: 2, parent: 0 },
        ],
      ],
    ] as const) {
      const { states } = searchKeys(branchWorld(HOTSTUFF_TABLE, { places, views: 2 }), ALL_RULES);
      assert.equal(states, searchKeys(hotStuffWorld({ blocks }), ALL_RULES).states);
    }
  });

  for (const table of ROUNDS_TABLES.values()) {
    test(`is of rounds where each height has views of its own: ${table.protocol}`, () => {
      assert.deepEqual(failuresOf(table), []);
    });
  }

  test('finds a key mute that leaves no view above the proven ones', () => {
    const table = ROUNDS_TABLES.get('dbft') ?? assert.fail();
    assert.match(failuresOf({ ...table, viewJumpMax: 0n }).join(), /mute/);
  });
});

describe('one search', () => {
  const found = { states: 7, broken: undefined, isClosed: true };
  const each = { name: 'two views', mustBreak: undefined };

  test('is well when all was seen and nothing broke, or just what was to break', () => {
    assert.equal(keySearchFault({ ...each, run: () => found }), undefined);
    const broken = { ...found, broken: 'fork' };
    assert.equal(keySearchFault({ ...each, mustBreak: 'fork', run: () => broken }), undefined);
  });

  for (const [fault, change, mustBreak] of [
    [/^two views: not all states were seen, 7 were$/, { isClosed: false }, undefined],
    [/^two views: fork \(7 states\)$/, { broken: 'fork' }, undefined],
    [/^two views: nothing breaks \(7 states\), and "fork" was to break$/, {}, 'fork'],
    [/^two views: hides \(7 states\), and "fork" was to break$/, { broken: 'hides' }, 'fork'],
  ] as const) {
    test(`fails in words: ${fault.source}`, () => {
      assert.match(keySearchFault({ ...each, mustBreak, run: () => ({ ...found, ...change }) }) ?? '', fault);
    });
  }
});
