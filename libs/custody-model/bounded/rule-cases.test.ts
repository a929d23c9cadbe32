import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ALL_RULES } from '#libs/custody/judge.ts';
import { ALL_RECOVERY_RULES } from '#libs/custody/recovery.ts';
import { ROUNDS_TABLES } from '#libs/custody/tables/rounds.ts';
import { MODEL_CASES } from '../fork-cases.ts';
import { searchKeys } from '../key-search.ts';
import { PROMISE_CASES } from '../promise-cases.ts';
import { epochEndWorld, THREE_HEIGHTS, TWO_HEIGHTS } from './epoch-end-world.ts';
import { heightRecoveryWorld } from './height-recovery-world.ts';
import { isApart, ruleCases } from './rule-cases.ts';

const CASES = [...ROUNDS_TABLES.values()].flatMap((table) => ruleCases(table));

describe('a rule that is taken out of a key or of its table breaks the promise that it is there for', () => {
  for (const each of CASES) {
    test(`${each.protocol}, without "${each.rule}": ${each.breaks}`, () => {
      const { broken, trace, signatures } = each.run();
      assert.equal(broken, each.breaks);
      if (trace.length > 0) assert.equal(trace.length, signatures);
    });
  }

  test('the end of an epoch forks nothing with all of its rules', () => {
    for (const [protocol, table] of ROUNDS_TABLES) {
      // Three heights of dBFT take a minute: test/long/epoch-ends.ts.
      const heights = protocol === 'dbft' ? TWO_HEIGHTS : THREE_HEIGHTS;
      const { broken, states } = searchKeys(epochEndWorld(table, { heights }), ALL_RULES);
      assert.deepEqual([broken, states > 1000], [undefined, true], protocol);
    }
  });

  test('a key that lost its record gives no two statements in one slot with all rules of recovery', () => {
    for (const [protocol, table] of ROUNDS_TABLES) {
      const world = heightRecoveryWorld(table, ALL_RECOVERY_RULES);
      const { broken, states } = searchKeys(world, ALL_RULES);
      assert.deepEqual([broken, states > 100, world.hasSignedAgain()], [undefined, true, true], protocol);
    }
  });

  test('every rule is taken out of every one of the four tables, or there is a reason why it cannot be', () => {
    const taken = new Map<string, Set<string | undefined>>();
    const all = [
      ...CASES,
      ...PROMISE_CASES,
      ...MODEL_CASES.map((each) => ({ ...each, protocol: 'hotstuff' })),
    ];
    for (const { protocol, rule } of all) taken.set(protocol, (taken.get(protocol) ?? new Set()).add(rule));
    for (const protocol of ['hotstuff', ...ROUNDS_TABLES.keys()]) {
      const table = ROUNDS_TABLES.get(protocol);
      const missing = Object.keys(ALL_RULES).filter(
        (rule) => !taken.get(protocol)?.has(rule) && !(table !== undefined && isApart(table, rule)),
      );
      assert.deepEqual(missing, [], protocol);
    }
  });
});
