import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FITTED_FACTORS } from '#libs/simulation/latency/fitted-factors.ts';
import type { NamedCost } from './cost-names.ts';
import { COST_NAMES } from './cost-names.ts';
import { encodedSizes } from './encoded-sizes.ts';
import { latencyRequest } from './latency-request.ts';
import { measureCosts } from './measure-costs.ts';

/** The least signatures there are. */
const SCHEME = 'slh-dsa-sha2-128f';

async function measured(given: readonly NamedCost[]) {
  const notes: string[] = [];
  const request = latencyRequest({ members: 4, from: 1, scheme: SCHEME });
  const { protocol, parameters, timing, members, hosts, rates, signatureBytes } = request;
  const setting = {
    ...{
      protocol,
      parameters,
      timing,
      members,
      hosts,
      rates,
      signatureBytes,
      cores: 2,
      seed: 1,
      leaveTimers: ['view'],
    },
    ...{ transactionBytes: 1_000, sizes: encodedSizes(protocol.id) },
  };
  const costs = await measureCosts({ scheme: SCHEME, given, setting, note: (text) => notes.push(text) });
  return { costs, notes };
}

test('every cost of the model is measured on this machine, each with the part of production that has it', async () => {
  const { costs, notes } = await measured([]);
  assert.equal(notes.length, 5);
  // A cost far below a microsecond may come out as nothing on a machine that is busy.
  const tiny = new Set(['encodeByteNs', 'decodeByteNs', 'hopUs', 'lineUs', 'decodeUs', 'encodeUs']);
  for (const name of COST_NAMES.filter((each) => !tiny.has(each))) assert.ok(costs[name] > 0, name);
  for (const name of tiny)
    assert.ok(Number.isFinite(costs[name as 'hopUs']) && costs[name as 'hopUs'] >= 0, name);
  assert.ok(costs.signMs > 2 * costs.verifyMs);
  assert.ok(costs.recordMs >= costs.recordCpuMs && costs.commitMs >= costs.commitCpuMs);
  const { messageFactor, byteFactor } = costs;
  assert.deepEqual({ messageFactor, byteFactor }, FITTED_FACTORS);
});

test('a cost that is given is not measured, and what is left of its group is', async () => {
  const all = COST_NAMES.map((name, at): NamedCost => [name, at + 1]);
  const given = await measured(all);
  assert.deepEqual([Object.fromEntries(all), []], [given.costs, given.notes]);
  const { costs, notes } = await measured(all.filter(([name]) => name !== 'claimUs'));
  assert.deepEqual(notes, [`measuring signatures of ${SCHEME} …`]);
  assert.equal(costs.signMs, 1);
  assert.ok(costs.claimUs > 0);
});
