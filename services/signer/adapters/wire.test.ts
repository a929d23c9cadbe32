import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Phase } from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import { proposalFromWire, timeoutFromWire, voteFromWire } from './wire.ts';

const CHAIN = new Uint8Array(32).fill(0xcc);
const BLOCK = new Uint8Array(32).fill(0xaa);
const scope = { chainDigest: CHAIN, epoch: 0n };
const proposal = { scope, view: 7n, height: 3n, blockDigest: BLOCK };
const vote = { ...proposal, phase: Phase.PRE_COMMIT };
const timeout = { scope, view: 7n, highView: 7n, highBlockDigest: BLOCK };

describe('the wire', () => {
  test('is read into statements', () => {
    const digest = 'aa'.repeat(32);
    const expectedScope = { chain: 'cc'.repeat(32), epoch: 0n };
    assert.deepEqual(proposalFromWire(proposal), {
      scope: expectedScope,
      statement: { kind: 'proposal', view: 7n, height: 3n, digest },
    });
    assert.deepEqual(timeoutFromWire(timeout), {
      scope: expectedScope,
      statement: { kind: 'timeout', view: 7n, highView: 7n, highDigest: digest },
    });
    for (const [phase, kind] of [
      [Phase.PREPARE, 'prepare'],
      [Phase.PRE_COMMIT, 'pre-commit'],
      [Phase.COMMIT, 'commit'],
    ] as const) {
      assert.equal(voteFromWire({ ...vote, phase }).statement.kind, kind);
    }
  });

  for (const [field, read] of [
    ['scope', () => proposalFromWire({ ...proposal, scope: undefined })],
    [
      'scope.chain_digest',
      () => voteFromWire({ ...vote, scope: { chainDigest: CHAIN.subarray(1), epoch: 0n } }),
    ],
    ['scope.epoch', () => voteFromWire({ ...vote, scope: { chainDigest: CHAIN, epoch: 2n ** 63n } })],
    ['phase', () => voteFromWire({ ...vote, phase: Phase.UNSPECIFIED })],
    ['phase', () => voteFromWire({ ...vote, phase: 9 as Phase })],
    ['view', () => proposalFromWire({ ...proposal, view: 0n })],
    ['view', () => voteFromWire({ ...vote, view: 2n ** 63n })],
    ['view', () => timeoutFromWire({ ...timeout, view: 0n, highView: 0n })],
    ['high_view', () => timeoutFromWire({ ...timeout, highView: 8n })],
    ['block_digest', () => proposalFromWire({ ...proposal, blockDigest: new Uint8Array(33) })],
    ['block_digest', () => voteFromWire({ ...vote, blockDigest: new Uint8Array() })],
    ['high_block_digest', () => timeoutFromWire({ ...timeout, highBlockDigest: BLOCK.subarray(1) })],
  ] as const) {
    test(`is refused by the name of the field: ${field}`, () => {
      assert.throws(read, { name: 'SignerError', detail: { code: 'SIGNER_MALFORMED', field } });
    });
  }
});
