import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sourceFiles } from './import-graph.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

/**
 * Files of a node that make a transaction out of bytes: where bytes come in, and where a member writes one itself. Everybody
 * else is handed it with its hash, so that no other place hashes the same bytes again.
 */
const MAKERS = [
  'libs/engine/evidence/pending-evidence.ts',
  'libs/engine/suspension/auto-suspension.ts',
  'libs/membership/membership.ts',
  'libs/wire/block.ts',
  'services/consensus/adapters/chain-store/block-codec.ts',
  'services/consensus/adapters/client/submit-batch.ts',
  'services/consensus/adapters/client/submit.ts',
  'services/consensus/adapters/tinyweb/routes/transaction-routes.ts',
];

/** Programs that are no node, and the simulated liars and clients. */
const BESIDE = /^(libs\/client|libs\/simulation|services\/cli|test|deploy)\//;

const IMPORT = /^import [^;]*\btransactionOf\b[^;]* from '[^']*chain\/transaction\.ts';/m;

test('a node makes a transaction, and so its hash, where bytes come in and nowhere else', () => {
  const makers = sourceFiles(ROOT)
    .filter((file) => !BESIDE.test(file) && !file.endsWith('.test.ts'))
    .filter((file) => IMPORT.test(readFileSync(join(ROOT, file), 'utf8')));
  assert.deepEqual(makers.toSorted(), MAKERS);
});
