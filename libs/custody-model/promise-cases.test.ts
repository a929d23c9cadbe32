import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ALL_RULES } from '#libs/custody/judge.ts';
import { MODEL_CASES } from './fork-cases.ts';
import { runPromiseCase } from './promise-case.ts';
import { PROMISE_CASES } from './promise-cases.ts';

/** States of a search that ends without a broken promise: fewer, and it shows little. */
const STATES_MIN = 2;

describe('what a key promises, searched exhaustively (libs/custody/README.md 3.2, 3.3, 3.4)', () => {
  for (const each of PROMISE_CASES) {
    test(`${each.protocol}, ${each.name}: ${each.mustBreak ?? 'nothing breaks'}`, () => {
      const { broken, states } = runPromiseCase(each);
      assert.equal(broken, each.mustBreak);
      if (broken === undefined) assert.ok(states >= STATES_MIN, `only ${states} states were reached`);
    });
  }

  test('every rule is taken out somewhere', () => {
    const taken = new Set([...MODEL_CASES, ...PROMISE_CASES].map(({ rule }) => rule));
    assert.deepEqual(
      Object.keys(ALL_RULES).filter((rule) => !taken.has(rule)),
      [],
    );
  });
});
