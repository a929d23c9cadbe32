import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toEpoch, toMemberIndex, toView, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { genesisCertificate } from '#libs/protocol/certificate.ts';
import { type Evidence, evidenceOf } from '#libs/protocol/evidence.ts';
import type { HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import { hotStuffFollows } from '#libs/protocol/hotstuff/header-rule.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { encodeEvidence, evidenceDigest } from '#libs/protocols/evidence-codec.ts';
import { said, spoke } from '#test/support/chain/claims.ts';
import { SharedJudge } from '../chain/shared-judge.ts';
import { Disk } from '../disk/disk.ts';
import { filesOf } from './node-files.ts';

const SCOPE = { chain: ZERO_DIGEST, protocol: 'hotstuff', epoch: toEpoch(0n) };

/** One contradiction, its statements signed with these bytes. */
function signedWith(signature: number): Evidence {
  const [first, second] = ['a', 'b'].map((digest) =>
    said(2, spoke('prepare', 1, digest), Uint8Array.of(signature)),
  );
  assert.ok(first && second);
  return evidenceOf(first, second, SCOPE.epoch, HOTSTUFF_TABLE) ?? assert.fail();
}

test('evidence waits for no block once a final one holds it, also with other signatures', () => {
  const judge = new SharedJudge(hotStuffFollows);
  const disk = new Disk<HostedRecord>(judge.genesis, SCOPE, HOTSTUFF_TABLE);
  const files = filesOf(disk);
  const evidence = signedWith(1);
  const digest = evidenceDigest(evidence, SCOPE.chain);
  files.put({ evidence, digest, content: encodeEvidence(evidence, SCOPE.chain) });
  assert.deepEqual(
    files.pending(9).map((each) => each.digest),
    [digest],
  );
  const transactions = [transactionOf(encodeEvidence(signedWith(7), SCOPE.chain))];
  const facts = { view: toView(1n), proposer: toMemberIndex(0), nowMs: 1n, transactions };
  const held = judge.build(facts, judge.genesis);
  disk.put(held);
  disk.extend(genesisCertificate(HOTSTUFF_TABLE, 'commit', held.block.digest), [held.block.digest]);
  assert.deepEqual(files.pending(9), []);
  assert.deepEqual(files.all, [{ evidence, digest, content: encodeEvidence(evidence, SCOPE.chain) }]);
});
