import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toEpoch, toHeight, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { signMembershipVote } from './signer-vote.ts';

test('F-02: a certificate of the operator that is not there is named, and nobody is asked', async () => {
  const change = { chain: ZERO_DIGEST, epoch: toEpoch(0n), leave: ['m1'], join: [] };
  const files = { ca: 'missing/ca.pem', certificate: 'missing/operator.pem', key: 'missing/operator.key' };
  const vote = signMembershipVote(
    { kind: 'certificate', address: '127.0.0.1:1', ...files },
    { change, goodUntil: toHeight(9n) },
  );
  await assert.rejects(vote, {
    name: 'CliError',
    message: /^missing\/ca.pem cannot be read: /,
    detail: { code: 'CLI_INVALID_INPUT' },
  });
});
