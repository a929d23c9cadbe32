import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { withMode, withNewSession } from '#libs/custody/session.ts';
import { genesisRoot } from '#libs/protocol/certificate.ts';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { CHAIN, CustodyWorld } from '#test/support/signer/custody-world.ts';
import { createLedger } from './create-ledger.ts';
import { type LedgerOwner, openLedger } from './ledger-files.ts';
import { mirroredLedger } from './mirrored-ledger.ts';
import { auditOf, auditOfDecision } from './rules/audit-of.ts';
import type { CustodyLedger } from './rules/custody-ledger.ts';

const owner: LedgerOwner = {
  scheme: 'slh-dsa-sha2-128f',
  publicKey: new Uint8Array(32).fill(1),
  binding: { chain: CHAIN, protocol: 'hotstuff' },
};
const members = [1, 2, 3, 4].map((fill) => ({
  name: `m${fill}`,
  publicKey: new Uint8Array(32).fill(fill),
  weight: 1n,
}));

describe('the mirror of a record', () => {
  let folder = '';
  let ledger: CustodyLedger;
  let written: bigint[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'btcfed-mirror-'));
    const path = join(folder, 'signer.db');
    await createLedger(path, owner, { members, root: genesisRoot(GENESIS.digest) });
    const opened = await openLedger(path, owner);
    written = [];
    const write = (sequence: bigint) => void written.push(sequence);
    ledger = mirroredLedger(opened.ledger, { write, close: () => {} });
  });
  afterEach(async () => {
    ledger.close();
    await rm(folder, { recursive: true, force: true });
  });

  const record = (view: number): void => {
    const world = new CustodyWorld(ledger.state());
    const decision = world.ask(world.timeout(view));
    assert.ok(decision.kind === 'sign');
    ledger.record(decision, auditOfDecision(decision, 0n));
  };

  test('is written when the record of a slot is tidied up', () => {
    record(5);
    assert.deepEqual(written, []);
    ledger.tidy();
    assert.deepEqual(written, [2n]);
  });

  test('hears of no row that a power cut may take, or the record would look like an older copy', () => {
    record(5);
    ledger.note(auditOf(ledger.state(), 'STALE_SLOT', 'a refusal'));
    ledger.tidy();
    assert.deepEqual([ledger.auditEnd().sequence, ...written], [3n, 2n]);
    record(6);
    ledger.tidy();
    assert.deepEqual(written, [2n, 4n]);
  });

  test('is written at once after a change that no signature brought about', () => {
    const next = withNewSession(ledger.state());
    ledger.change(next, auditOf(next, 'SESSION', ''));
    assert.deepEqual(written, [2n]);
    const quarantined = withMode(next, 'quarantined');
    ledger.change(quarantined, auditOf(quarantined, 'QUARANTINE', 'test'));
    assert.deepEqual(written, [2n, 3n]);
  });
});
