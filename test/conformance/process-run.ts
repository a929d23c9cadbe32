// Started by process-runs.ts: one federation of real processes, by its protocol and the name of its manifest. Tells in JSON what was wrong, and what this machine cannot do.
import assert from 'node:assert/strict';
import { runManifest } from '#test/e2e/manifests/manifest-runner.ts';
import type { SourcePatch } from '#test/support/federation/member-homes.ts';
import { PROCESS_MANIFESTS, QUIET_MANIFEST } from './process-manifests.ts';
import { receiptFaults } from './receipts.ts';

const [protocol = '', name, patchText] = process.argv.slice(2);
const manifest = [...PROCESS_MANIFESTS, QUIET_MANIFEST].find((each) => each.name === name);
assert.ok(manifest !== undefined, `there is no manifest "${name}"`);
const patch = patchText === undefined ? undefined : (JSON.parse(patchText) as SourcePatch);
const { violations, leftOut } = await runManifest({ ...manifest, protocol }, () => {}, {
  patch,
  examine: receiptFaults,
});
// A machine on which no network can be torn shows nothing of that: said in the verdict, and no fault of the protocol.
process.stdout.write(JSON.stringify({ violations, leftOut }));
