import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import type { DecisionCost } from '#libs/simulation/latency/decision-cost.ts';
import { FITTED_FACTORS } from '#libs/simulation/latency/fitted-factors.ts';
import type { LatencySetting } from '#libs/simulation/latency/latency-setting.ts';
import { ModelledFederation } from '#libs/simulation/latency/modelled-federation.ts';
import { NETWORKS } from '#libs/simulation/latency/networks.ts';
import { encodedSizes } from '#services/cli/simulation/latency/encoded-sizes.ts';

const MEMBERS = 512;
const QUORUM = 342;

/** slh-dsa-sha2-128f as published (BENCHMARKS.md), the rest as `npm run sim -- --model latency` measured it on the same machine. */
const COSTS = {
  ...{ signMs: 12.93, verifyMs: 0.84, claimUs: 13, stepUs: 6, callUs: 400, blockUs: 180 },
  ...{ encodeUs: 8, encodeByteNs: 0.24, decodeUs: 5, decodeByteNs: 0.015 },
  ...{ hopUs: 13, hopByteNs: 1, lineUs: 27, lineByteNs: 4 },
  ...{ recordMs: 3, recordCpuMs: 0.3, commitMs: 3.9, commitCpuMs: 0.6 },
  ...FITTED_FACTORS,
};
const SIGNATURE_BYTES = 17_088;
/** The number of `vote_path` in terms. */
const TO_ALL = { vote_path: 1 };

function settingOf(members: number, more: Partial<LatencySetting> = {}): LatencySetting {
  const rates = NETWORKS.get('1gbit') ?? assert.fail();
  return {
    protocol: HOTSTUFF,
    parameters: TO_ALL,
    // Longer than any decision here: timeouts are not what is asked for.
    timing: { viewTimeoutMs: 600_000, viewTimeoutMsMax: 3_600_000 },
    ...{ members, rates, cores: 4, hosts: 'own', costs: COSTS, signatureBytes: SIGNATURE_BYTES, seed: 1 },
    ...{ transactionBytes: 1_000, sizes: encodedSizes(HOTSTUFF.id), leaveTimers: ['view'] },
    ...more,
  };
}

/** Decisions of one federation, each of which comes. */
function decisions(setting: LatencySetting, failures: readonly number[]): readonly DecisionCost[] {
  const federation = new ModelledFederation(setting);
  return failures.map((failed) => {
    const cost = federation.decide(failed);
    assert.ok('latenciesMs' in cost, JSON.stringify(cost));
    return cost;
  });
}

const slowest = (costs: readonly DecisionCost[]): number =>
  Math.max(...costs.flatMap(({ latenciesMs }) => latenciesMs));

describe('decisions of large federations on lines of one gigabit, with hosts of four cores', () => {
  test('A5-05 A5-06 FED-15 at 512 members a block is decided within ten seconds, with votes to all', () => {
    const [cost = assert.fail()] = decisions(settingOf(MEMBERS), [0]);
    assert.ok(slowest([cost]) <= 10_000, `${slowest([cost])} ms`);
    // Three votes to each, and no certificate: nobody sends much more than those (A5-03 is of votes to the leader).
    const votes = 3 * SIGNATURE_BYTES * (MEMBERS - 1);
    const busiest = Math.max(...cost.sentBytes);
    assert.ok(busiest >= votes && busiest <= 1.6 * votes, `${busiest} bytes`);
  });

  test('at 512 members the certificates of a leader that counts the votes alone take a minute and a half on its line', () => {
    const [cost = assert.fail()] = decisions(settingOf(MEMBERS, { parameters: {} }), [0]);
    const certificates = 3 * QUORUM * SIGNATURE_BYTES * (MEMBERS - 1);
    const busiest = Math.max(...cost.sentBytes);
    assert.ok(busiest >= certificates && busiest <= 1.1 * certificates, `${busiest} bytes`);
    assert.equal(busiest, cost.sentBytes[cost.leader]);
    assert.ok(slowest([cost]) >= (8_000 * certificates) / 1e9);
    assert.ok(cost.messages <= 9 * MEMBERS, `${cost.messages} messages`);
  });

  test('HS-37 E2E-10 five members on a gigabit make transactions final within three seconds, whoever counts', () => {
    for (const parameters of [TO_ALL, {}]) {
      const costs = decisions(
        settingOf(5, { parameters }),
        Array.from({ length: 20 }, () => 0),
      );
      assert.ok(slowest(costs) < 3_000, `${slowest(costs)} ms`);
    }
  });

  test('HS-55 no message of 64 members is above a frame, through failed views too, and one view more costs its timeout', () => {
    const timing = { viewTimeoutMs: 4_000, viewTimeoutMsMax: 60_000 };
    const [, quiet = assert.fail(), failed = assert.fail()] = decisions(settingOf(64, { timing }), [0, 0, 1]);
    assert.equal(failed.timeoutMs, 4_000);
    assert.ok(slowest([failed]) - failed.timeoutMs < 4 * slowest([quiet]));
  });
});
