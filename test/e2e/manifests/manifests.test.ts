import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NetworkLab } from '#test/support/network/network-lab.ts';
import type { Outcome } from './manifest.ts';
import { runManifest } from './manifest-runner.ts';
import { SHORT } from './manifests.ts';

let run: Promise<Outcome> | undefined;

/** One federation for all tests. */
function outcomeOfShort(): Promise<Outcome> {
  run ??= runManifest(SHORT);
  return run;
}

test(`a federation stays whole: ${SHORT.name}`, async () => {
  const { violations, height, transactions } = await outcomeOfShort();
  assert.deepEqual(violations, []);
  assert.ok(height > 0n && transactions > 0);
});

const skip = NetworkLab.problem() ?? false;

test('F-68: its members find each other again whenever their network was torn', { skip }, async (context) => {
  const { violations, perturbed, reconnectMsMax, late } = await outcomeOfShort();
  context.diagnostic(
    `connected again within ${reconnectMsMax} ms; ${late.length} too late for a quiet machine`,
  );
  assert.deepEqual(violations, []);
  assert.equal(perturbed, SHORT.perturbations.length);
  assert.ok(reconnectMsMax > 0, 'it was torn');
});
