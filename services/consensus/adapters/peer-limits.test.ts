import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HANDOVER_BYTES_MAX } from '#libs/membership/limits.ts';
import { BLOCK_PARAMETERS } from '#libs/settings/genesis-parameters.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { peerLimitsOf } from './peer-limits.ts';

const SCHEME = 'slh-dsa-sha2-128s';

function limits(blockTransactionsMax: number, transactionBytesMax: number) {
  const parameters = { blockBytesMax: 1_024, blockTransactionsMax, transactionBytesMax };
  return peerLimitsOf({ parameters, scheme: SCHEME });
}

test('a proposal may name as many transactions as the genesis allows in a block', () => {
  assert.equal(limits(7, 1).namesMax, 7);
  assert.equal(WIRE_LIMITS.namesMax, BLOCK_PARAMETERS.block_transactions_max.max);
});

test('a transaction may be as large as a handover, and a signature as that of the scheme', () => {
  const { transactionBytesMax, signatureBytesMax, membersMax } = limits(1, 1);
  assert.deepEqual([transactionBytesMax, membersMax], [HANDOVER_BYTES_MAX, WIRE_LIMITS.membersMax]);
  assert.ok(signatureBytesMax < WIRE_LIMITS.signatureBytesMax);
  assert.equal(limits(1, HANDOVER_BYTES_MAX + 1).transactionBytesMax, HANDOVER_BYTES_MAX + 1);
});
