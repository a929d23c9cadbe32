import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CustodyError } from '../words/errors.ts';
import { provedEpochs, trustOf } from './proved-epochs.ts';

const PLACE = { folder: '/signer' } as Parameters<typeof provedEpochs>[0];
/** The record of a key that a later release bound to a protocol of its own. */
const RECORD = {
  owner: { scheme: 'slh-dsa-sha2-128f', binding: { protocol: 'raft' } },
  ledger: { state: () => ({ chain: '00'.repeat(32) }) },
  facts: { set: undefined, root: undefined },
} as unknown as Parameters<typeof provedEpochs>[1];

test('a key of a protocol that this version lacks has the epochs of its record, which is all that a retirement needs', async () => {
  assert.deepEqual(await provedEpochs(PLACE, RECORD, { handovers: [] }), []);
});

test('a proof for such a key is refused with the name of the protocol, and nothing is verified', () => {
  assert.throws(
    () => trustOf(PLACE, RECORD, RECORD.facts),
    (error) => error instanceof CustodyError && /there is no protocol raft/.test(error.message),
  );
});
