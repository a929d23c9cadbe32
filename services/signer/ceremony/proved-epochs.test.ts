import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CustodyError } from '../words/errors.ts';
import { provedEpochs, votesOf } from './proved-epochs.ts';

const PLACE = { folder: '/signer' } as Parameters<typeof provedEpochs>[0];
/** The record of a key in an epoch under a protocol of a later release. */
const RECORD = {
  owner: { scheme: 'slh-dsa-sha2-128f', binding: { protocol: 'hotstuff' } },
  ledger: { state: () => ({ chain: '00'.repeat(32), protocol: 'raft', epoch: 3n }) },
  facts: { set: undefined, root: undefined },
} as unknown as Parameters<typeof provedEpochs>[1];

test('a key of a protocol that this version lacks has the epochs of its record, which is all that a retirement needs', async () => {
  assert.deepEqual(await provedEpochs(PLACE, RECORD, { handovers: [] }), []);
});

test('a proof for such a key is refused with the name of the protocol, and nothing is verified', () => {
  assert.throws(
    () => votesOf(PLACE, RECORD),
    (error) =>
      error instanceof CustodyError &&
      /epoch 3 of the record is under protocol raft, which this version lacks/.test(error.message),
  );
});
