import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runManifest } from './manifest-runner.ts';
import { SHORT } from './manifests.ts';

test(`a federation stays whole: ${SHORT.name}`, async () => {
  const { violations, height, transactions } = await runManifest(SHORT);
  assert.deepEqual(violations, []);
  assert.ok(height > 0n && transactions > 0);
});
