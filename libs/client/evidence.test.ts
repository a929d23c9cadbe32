import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest } from '#libs/chain/ids.ts';
import { Evidence } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { encodeEvidence } from '#libs/protocols/evidence-codec.ts';
import { roundsLie } from '#test/support/protocol/rounds-votes.ts';
import { allEvidence, type UnreadEvidence } from './evidence.ts';

const DIGEST = 'a'.repeat(64);

async function listed(content: Uint8Array, unread?: (each: UnreadEvidence) => void): Promise<number> {
  const digest = Uint8Array.from(Buffer.from(DIGEST, 'hex'));
  const page = async () => ({
    header: undefined,
    evidence: [Evidence.fromPartial({ digest, content })],
    nextAfter: 0n,
  });
  let count = 0;
  for await (const _ of allEvidence(page, unread === undefined ? {} : { unread })) count += 1;
  return count;
}

describe('evidence of a protocol that this version does not have', () => {
  const content = encodeEvidence(roundsLie(), toDigest('c'.repeat(64)));

  test('is told, and the listing goes on', async () => {
    const told: UnreadEvidence[] = [];
    assert.equal(await listed(content, (each) => told.push(each)), 0);
    assert.deepEqual(told, [{ digest: DIGEST, protocol: 'rounds' }]);
  });

  test('ends the listing where nobody is told, as anything does that is no evidence', async () => {
    const invalid = { detail: { code: 'CLIENT_ANSWER_INVALID' } };
    await assert.rejects(listed(content), invalid);
    await assert.rejects(
      listed(content.subarray(1), () => assert.fail('not evidence')),
      invalid,
    );
  });
});
