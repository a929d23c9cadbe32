import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { DiskFault } from '#test/support/disk/faulty-disk.ts';
import { type LedgerChange, SignerCrashLab } from './signer-crash-lab.ts';

/** No step has this number. */
const NEVER = -1;
const FAULTS: readonly DiskFault[] = ['kill', 'torn', 'EIO', 'ENOSPC'];

/** Lets a signature out before its slot is on the disk: the mistake that everything here is against. */
const releaseFirst: LedgerChange = (ledger) => {
  const late: (() => void)[] = [];
  return {
    ...ledger,
    record: (decision, entry) => void late.push(() => ledger.record(decision, entry)),
    storeSignature(slot, signature) {
      late.push(() => ledger.storeSignature(slot, signature));
      setImmediate(() => late.splice(0).forEach(attempt));
    },
  };
};

/** Signs before its slot is on the disk, and keeps the signature until it is. */
const signFirst: LedgerChange = (ledger) => {
  const late: (() => void)[] = [];
  return {
    ...ledger,
    record: (decision, entry) => void late.push(() => ledger.record(decision, entry)),
    storeSignature(slot, signature) {
      for (const write of late.splice(0)) write();
      ledger.storeSignature(slot, signature);
    },
  };
};

function attempt(write: () => void): void {
  try {
    write();
  } catch {
    // The disk has failed, as the test wants.
  }
}

describe('a signer whose disk fails or whose process ends, at every statement and every sync', () => {
  let lab: SignerCrashLab;
  let steps = 0;
  before(async () => {
    lab = await SignerCrashLab.create();
    const undisturbed = await lab.run({ fault: 'kill', at: NEVER });
    assert.deepEqual(undisturbed.violations, []);
    steps = undisturbed.steps;
    assert.ok(steps > 50, `only ${steps} steps`);
  });
  after(() => lab.remove());

  /** Everything that is found at all steps. */
  async function foundAt(
    fault: DiskFault,
    { change, neverSyncs = false }: { readonly change?: LedgerChange; readonly neverSyncs?: boolean } = {},
  ): Promise<readonly string[]> {
    const found: string[] = [];
    for (let at = 0; at < steps; at++) {
      const { violations } = await lab.run({ fault, at, neverSyncs }, change);
      found.push(...violations.map((text) => `step ${at}: ${text}`));
    }
    return found;
  }

  for (const fault of FAULTS) {
    test(`keeps every promise: ${fault}`, async () => assert.deepEqual(await foundAt(fault), []));
  }

  test('is caught when it lets a signature out before it is recorded', async () => {
    const found = await foundAt('kill', { change: releaseFirst });
    assert.ok(
      found.some((text) => text.includes('had left, and is sign')),
      found.join('\n'),
    );
  });

  test('is caught when it signs before it records, although nothing left', async () => {
    const found = await foundAt('kill', { change: signFirst });
    assert.ok(
      found.some((text) => text.includes('was signed unrecorded')),
      found.join('\n'),
    );
  });

  test('is caught when it does not wait for the disk', async () => {
    const found = await foundAt('kill', { neverSyncs: true });
    assert.ok(
      found.every((text) => text.includes('power cut')),
      found.join('\n'),
    );
    assert.ok(
      found.some((text) => text.includes('had left, and is sign')),
      found.join('\n'),
    );
  });
});
