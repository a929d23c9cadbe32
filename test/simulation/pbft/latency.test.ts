import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PBFT } from '#libs/protocols/hosted-protocols.ts';
import { encodedSizes } from '#services/cli/simulation/latency/encoded-sizes.ts';
import { largeSetting, modelledDecisions } from '#test/support/simulation/modelled-large.ts';
import { DEFAULT_WAITS } from './default-waits.ts';

const BLOCKS = 50;

/** From a transaction's submission to its block at the last member, in virtual time: 95 of 100 blocks take no longer. */
function p95Ms(members: number): number {
  const setting = largeSetting(members, {
    ...{ protocol: PBFT, parameters: {}, timing: DEFAULT_WAITS },
    ...{ sizes: encodedSizes(PBFT.id), leaveTimers: ['round'], network: '100mbit' },
  });
  const costs = modelledDecisions(
    setting,
    Array.from({ length: BLOCKS }, () => 0),
  );
  const slowest = costs.map(({ latenciesMs }) => Math.max(...latenciesMs)).sort((one, other) => one - other);
  return slowest[Math.ceil(0.95 * BLOCKS) - 1] ?? assert.fail();
}

describe('a block of PBFT with the waits of a genesis that names none, on lines of 100 Mbit/s that take 25 ms', () => {
  for (const [id, members, limitMs] of [
    ['TW-2.7.1', 4, 5_000],
    ['TW-2.7.2', 10, 10_000],
  ] as const) {
    test(`${id}: is final at all of ${members} members within ${limitMs / 1_000} s`, (t) => {
      const takenMs = p95Ms(members);
      t.diagnostic(`${Math.round(takenMs)} ms`);
      // Three ways of 25 ms are the least that it can be.
      assert.ok(takenMs > 75 && takenMs < limitMs, `${takenMs} ms`);
    });
  }
});
