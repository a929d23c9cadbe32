import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type Digest, toDigest, toEpoch, toView } from '#libs/chain/ids.ts';
import type { SignedSlot } from '#libs/custody/custody-state.ts';
import type { SlotKind } from '#libs/custody/slot.ts';
import type { SlotLedger } from '../ports.ts';
import { createLedger, type LedgerOwner, openLedger } from './ledger-files.ts';

const A = toDigest('a'.repeat(64));
const B = toDigest('b'.repeat(64));
const owner: LedgerOwner = {
  scheme: 'slh-dsa-sha2-128f',
  publicKey: new Uint8Array(32).fill(1),
  binding: { chain: toDigest('c'.repeat(64)), protocol: 'hotstuff' },
};

function signed(view: bigint, kind: SlotKind = 'prepare', digest: Digest = A, epoch = 0n): SignedSlot {
  return { slot: { epoch: toEpoch(epoch), view: toView(view), kind }, digest };
}

describe('the record on disk', () => {
  let path = '';
  let ledger: SlotLedger;
  const reopen = (): void => {
    ledger.close();
    ledger = openLedger(path, owner).ledger;
  };
  beforeEach(async () => {
    path = join(await mkdtemp(join(tmpdir(), 'btcfed-ledger-')), 'signer.db');
    await createLedger(path, owner);
    ledger = openLedger(path, owner).ledger;
  });
  afterEach(async () => {
    ledger.close();
    await rm(join(path, '..'), { recursive: true, force: true });
  });

  test('keeps slots, mark, signatures and their count over a restart', () => {
    ledger.record(signed(2n ** 63n - 2n), 0n);
    ledger.record(signed(2n ** 63n - 1n, 'timeout', B), 0n);
    ledger.storeSignature(signed(2n ** 63n - 1n, 'timeout').slot, new Uint8Array([1, 2, 3]));
    reopen();
    const { mark, signed: rows } = ledger.content();
    assert.deepEqual(mark, signed(2n ** 63n - 1n, 'timeout').slot);
    assert.deepEqual(rows, [signed(2n ** 63n - 2n), signed(2n ** 63n - 1n, 'timeout', B)]);
    assert.deepEqual(ledger.signatureIn(signed(2n ** 63n - 1n, 'timeout').slot), new Uint8Array([1, 2, 3]));
    assert.equal(ledger.signatureIn(signed(2n ** 63n - 2n).slot), undefined);
    assert.equal(ledger.signatureIn(signed(1n).slot), undefined);
    assert.equal(ledger.signatureCount(), 2n);
  });

  for (const [name, again] of [
    ['the same slot', signed(5n, 'pre-commit', B)],
    ['an earlier kind', signed(5n, 'prepare')],
    ['an earlier view', signed(4n, 'commit')],
  ] as const) {
    test(`refuses by itself to take ${name} again, and changes nothing`, () => {
      ledger.record(signed(5n, 'pre-commit'), 0n);
      const before = ledger.content();
      assert.throws(() => ledger.record(again, 0n));
      assert.deepEqual(ledger.content(), before);
      assert.equal(ledger.signatureCount(), 1n);
      ledger.record(signed(5n, 'commit'), 0n);
    });
  }

  test('never changes a signature that it holds', () => {
    ledger.record(signed(5n), 0n);
    ledger.storeSignature(signed(5n).slot, new Uint8Array([1]));
    ledger.storeSignature(signed(5n).slot, new Uint8Array([2]));
    assert.deepEqual(ledger.signatureIn(signed(5n).slot), new Uint8Array([1]));
  });

  test('forgets what it is told to forget, and the epochs before, but never the mark', () => {
    for (const view of [1n, 2n, 3n]) ledger.record(signed(view), 0n);
    ledger.record(signed(4n), 3n);
    assert.deepEqual(
      ledger.content().signed.map(({ slot }) => slot.view),
      [3n, 4n],
    );
    ledger.record(signed(1n, 'prepare', A, 1n), 0n);
    reopen();
    assert.deepEqual(ledger.content().signed, [signed(1n, 'prepare', A, 1n)]);
    assert.deepEqual(ledger.content().mark, signed(1n, 'prepare', A, 1n).slot);
    assert.equal(ledger.signatureCount(), 5n);
  });

  test('is never made over another one', async () => {
    await assert.rejects(createLedger(path, owner), { detail: { code: 'CUSTODY_RECORD_EXISTS', path } });
  });
});
