import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hashCallsOf } from './hash-calls.ts';
import { schemeNames } from './parameter-sets.ts';

describe('the hashes of a signature', () => {
  test('are those of FIPS 205 for the set of a new federation', () => {
    // 22 layers of 8 leaves with 35 chains of 16 links, and 33 trees of FORS of 64 leaves, three hashes for each leaf.
    assert.deepEqual(hashCallsOf('slh-dsa-sha2-128f'), {
      sign: 22 * 8 * 35 * 16 + 33 * 64 * 3,
      verify: 22 * (35 * 8 + 3) + 33 * 7,
    });
  });

  test('are known for every set, and the same for both hash families', () => {
    for (const name of schemeNames()) {
      const { sign, verify } = hashCallsOf(name);
      assert.ok(sign > 100 * 100 && verify > 1_000 && sign > verify, name);
      const other = schemeNames().find((each) => each !== name && each.slice(-4) === name.slice(-4));
      assert.deepEqual(other && hashCallsOf(other), { sign, verify });
    }
  });

  test('are more than ten times as many for a small signature as for a fast one, and fewer to verify', () => {
    for (const size of ['128', '192', '256'] as const) {
      const [small, fast] = [hashCallsOf(`slh-dsa-sha2-${size}s`), hashCallsOf(`slh-dsa-sha2-${size}f`)];
      assert.ok(small.sign > 9 * fast.sign && small.verify < fast.verify, size);
    }
  });
});
