import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NetworkLab } from '#test/support/network-lab.ts';
import { runManifest } from './manifest-runner.ts';
import { NETWORK_SHORT, SHORT } from './manifests.ts';

test(`a federation stays whole: ${SHORT.name}`, async () => {
  const { violations, height, transactions } = await runManifest(SHORT);
  assert.deepEqual(violations, []);
  assert.ok(height > 0n && transactions > 0);
});

const skip = NetworkLab.problem() ?? false;

test(`a federation stays whole: ${NETWORK_SHORT.name}`, { skip }, async () => {
  const { violations, perturbed } = await runManifest(NETWORK_SHORT);
  assert.deepEqual(violations, []);
  assert.equal(perturbed, NETWORK_SHORT.perturbations.length);
});
