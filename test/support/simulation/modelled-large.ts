import assert from 'node:assert/strict';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import type { DecisionCost } from '#libs/simulation/latency/decision-cost.ts';
import { FITTED_FACTORS } from '#libs/simulation/latency/fitted-factors.ts';
import type { LatencySetting } from '#libs/simulation/latency/latency-setting.ts';
import { ModelledFederation } from '#libs/simulation/latency/modelled-federation.ts';
import { NETWORKS } from '#libs/simulation/latency/networks.ts';
import { encodedSizes } from '#services/cli/simulation/latency/encoded-sizes.ts';

/** slh-dsa-sha2-128f as published (BENCHMARKS.md), the rest as `npm run sim -- --model latency` measured it on the same machine. */
const COSTS = {
  ...{ signMs: 12.93, verifyMs: 0.84, claimUs: 13, stepUs: 6, callUs: 400, blockUs: 180 },
  ...{ encodeUs: 8, encodeByteNs: 0.24, decodeUs: 5, decodeByteNs: 0.015 },
  ...{ hopUs: 13, hopByteNs: 1, lineUs: 27, lineByteNs: 4 },
  ...{ recordMs: 3, recordCpuMs: 0.3, commitMs: 3.9, commitCpuMs: 0.6 },
  ...FITTED_FACTORS,
};

/** Of slh-dsa-sha2-128f. */
export const SIGNATURE_BYTES = 17_088;
/** The number of `vote_path` in terms. */
export const TO_ALL = { vote_path: 1 };

/** A federation on hosts of four cores, with votes to all and given costs: the same figures on every machine. */
export function largeSetting(
  members: number,
  { network = '1gbit', ...more }: Partial<LatencySetting> & { readonly network?: string } = {},
): LatencySetting {
  const rates = NETWORKS.get(network) ?? assert.fail(network);
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

/** Decisions of one federation after so many failed views each, and each of them comes. */
export function modelledDecisions(
  setting: LatencySetting,
  failures: readonly number[],
): readonly DecisionCost[] {
  const federation = new ModelledFederation(setting);
  return failures.map((failed) => {
    const cost = federation.decide(failed);
    assert.ok('latenciesMs' in cost, JSON.stringify(cost));
    return cost;
  });
}

/** The time until the last member has the block, in milliseconds. */
export function slowestMs(costs: readonly DecisionCost[]): number {
  return Math.max(...costs.flatMap(({ latenciesMs }) => latenciesMs));
}

/** Three votes to each, and no certificate: nobody sends much more than those (A5-03 is of votes to the leader). */
export function assertOfVotesAlone(cost: DecisionCost, members: number): void {
  assert.ok(slowestMs([cost]) <= 10_000, `${slowestMs([cost])} ms`);
  const votes = 3 * SIGNATURE_BYTES * (members - 1);
  const busiest = Math.max(...cost.sentBytes);
  assert.ok(busiest >= votes && busiest <= 1.6 * votes, `${busiest} bytes`);
}
