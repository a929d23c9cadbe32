import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assert as holds } from '#libs/assert/assert.ts';
import { hotStuff } from '#libs/protocol/hotstuff/hotstuff.ts';
import type { Violation } from '#libs/simulation/checks/findings.ts';
import { mutant } from '#test/support/hotstuff/hotstuff-mutants.ts';
import { directedFailure } from './directed.ts';
import { brokenIn, firstBroken } from './noticed.ts';

/** The report of the hunt on a run that ends in this error. */
function told(end: () => never): string | undefined {
  return brokenIn('seed 1', end);
}

function halted(cause: string): Violation {
  return { invariant: 'HALT', kind: 'stall', text: `instance 2 halted: ${cause}`, step: 1, atMs: 1 };
}

describe('a mutant is noticed', () => {
  test('by an assertion of the code, or of a test', () => {
    assert.equal(
      told(() => holds(false, 'a vote twice') as never),
      'seed 1: AssertionError: a vote twice',
    );
    assert.match(told(() => assert.fail('two blocks')) ?? '', /two blocks$/);
    assert.equal(
      brokenIn('seed 1', () => [halted('AssertionError: a vote twice')]),
      'seed 1: HALT',
    );
  });

  test('and is not where it only does not run: by an error of the language, wherever that ends it', () => {
    for (const error of [new TypeError('x is undefined'), new RangeError('too deep'), new Error('odd')]) {
      assert.equal(
        told(() => {
          throw error;
        }),
        undefined,
      );
      assert.equal(firstBroken([halted(String(error))]), undefined);
    }
    const { invariant } =
      firstBroken([halted('TypeError: x is undefined'), { ...halted(''), invariant: 'S1' }]) ?? {};
    assert.equal(invariant, 'S1');
  });

  test('nor by the situations of HotStuff', () => {
    const throwing = mutant({
      step: () => {
        throw new TypeError('x is undefined');
      },
      admit: () => {
        throw new TypeError('x is undefined');
      },
    });
    assert.equal(directedFailure(throwing.module), undefined);
    assert.equal(directedFailure(hotStuff), undefined);
  });
});
