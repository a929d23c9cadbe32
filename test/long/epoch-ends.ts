// The end of an epoch forks nothing at three heights of any table of rounds, whatever hostile hosts ask their keys for (libs/custody/README.md G8).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALL_RULES } from '#libs/custody/judge.ts';
import { ROUNDS_TABLES } from '#libs/custody/tables/rounds.ts';
import { epochEndWorld, THREE_HEIGHTS } from '#libs/custody-model/bounded/epoch-end-world.ts';
import { searchKeys } from '#libs/custody-model/key-search.ts';

for (const [protocol, table] of ROUNDS_TABLES) {
  test(`${protocol}: all states of three honest keys and a liar over the end of an epoch`, () => {
    const { broken, states } = searchKeys(epochEndWorld(table, { heights: THREE_HEIGHTS }), ALL_RULES);
    assert.deepEqual([broken, states > 10_000], [undefined, true]);
  });
}
