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

test(`F-68: a federation stays whole: ${NETWORK_SHORT.name}`, { skip }, async (context) => {
  const { violations, perturbed, reconnectMsMax, late } = await runManifest(NETWORK_SHORT, (text) =>
    context.diagnostic(text),
  );
  context.diagnostic(
    `connected again within ${reconnectMsMax} ms; ${late.length} too late for a quiet machine`,
  );
  assert.deepEqual(violations, []);
  assert.equal(perturbed, NETWORK_SHORT.perturbations.length);
});
