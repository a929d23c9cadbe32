import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hashCallsOf } from '#libs/crypto/hash-calls.ts';
import { isSchemeName, schemeNames } from '#libs/crypto/parameter-sets.ts';
import { type MeasureSet, setCosts } from './set-costs.ts';

/** A machine on which a hash takes so long; the parameter sets measured there, in order. */
function machine(hashMs: number): { readonly asked: string[]; readonly measure: MeasureSet } {
  const asked: string[] = [];
  return {
    asked,
    measure: async (name) => {
      asked.push(name);
      const { sign, verify } = hashCallsOf(name);
      return { signMs: sign * hashMs, verifyMs: verify * hashMs };
    },
  };
}

/** 15 ms for a signature of 128f. */
const USUAL_MS = 15 / hashCallsOf('slh-dsa-sha2-128f').sign;

describe('the costs of the parameter sets', () => {
  test('are told for every set, in the order of the standard', async () => {
    const costs = await setCosts(undefined, machine(USUAL_MS).measure);
    assert.deepEqual(
      costs.map(({ scheme }) => scheme),
      schemeNames(),
    );
  });

  test('are measured for the fast sets, and computed for those that would take too long', async () => {
    const { asked, measure } = machine(USUAL_MS);
    const costs = await setCosts(undefined, measure);
    assert.deepEqual(asked.slice(0, 2), ['slh-dsa-sha2-128f', 'slh-dsa-shake-128f']);
    assert.deepEqual(
      costs.filter(({ isMeasured }) => isMeasured).map(({ scheme }) => scheme),
      schemeNames().filter((name) => name.endsWith('f')),
    );
    for (const { scheme, signMs, verifyMs } of costs) {
      // A computed cost is that of the machine, for there every hash takes the same time.
      assert.ok(isSchemeName(scheme));
      const { sign, verify } = hashCallsOf(scheme);
      assert.ok(Math.abs(signMs - sign * USUAL_MS) < 1e-6 && Math.abs(verifyMs - verify * USUAL_MS) < 1e-6);
    }
  });

  test('are measured for the set of the chain first, when it fits', async () => {
    const { asked, measure } = machine(USUAL_MS);
    const costs = await setCosts('slh-dsa-sha2-128s', measure);
    assert.equal(asked[2], 'slh-dsa-sha2-128s');
    assert.ok(costs.find(({ scheme }) => scheme === 'slh-dsa-sha2-128s')?.isMeasured);
  });

  test('take no more time on a slow machine: two sets are measured, and not the one of the chain', async () => {
    const { asked, measure } = machine(100 * USUAL_MS);
    await setCosts('slh-dsa-shake-256s', measure);
    assert.deepEqual(asked, ['slh-dsa-sha2-128f', 'slh-dsa-shake-128f']);
  });

  test('of a chain with a scheme that is no set are those of all sets', async () => {
    assert.equal((await setCosts('ecdsa', machine(USUAL_MS).measure)).length, 12);
  });
});
