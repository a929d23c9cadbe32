import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHeight } from '#libs/chain/ids.ts';
import { GetBlockResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { headerToWire } from '#libs/wire/block.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import { MemoryChain } from '#test/support/chain/memory-chain.ts';
import { blockFrom } from './answers.ts';

const chain = new MemoryChain();
chain.appendTogether([[], []]);

function answerAt(height: bigint, said: Partial<GetBlockResponse>): GetBlockResponse {
  const { block, certificate, descendants } = chain.certifiedBlock(toHeight(height)) ?? assert.fail();
  return {
    ...GetBlockResponse.create(),
    block: { header: headerToWire(block.header), transactions: [] },
    commitCertificate: certificateToWire(certificate),
    descendants: descendants.map(headerToWire),
    ...said,
  };
}

for (const [what, height, said] of [
  ['a certificate that is kept', 2n, { certificateKept: true, certifiedHeight: 2n }],
  ['one that is not', 1n, { certificateKept: false, certifiedHeight: 2n }],
  ['nothing, as members of before', 1n, {}],
] as const) {
  test(`an answer that says ${what} is read`, () => {
    const { certificate, descendants } = blockFrom(answerAt(height, said), true);
    assert.equal(certificate.height, 2n);
    assert.equal(descendants.length, Number(2n - height));
  });
}

for (const [what, height, said] of [
  ['another height', 1n, { certificateKept: false, certifiedHeight: 3n }],
  ['a certificate to be kept that is of another block', 1n, { certificateKept: true, certifiedHeight: 2n }],
  ['a certificate not to be kept that is of this block', 2n, { certificateKept: false, certifiedHeight: 2n }],
] as const) {
  test(`an answer that says ${what} is refused`, () => {
    assert.throws(() => blockFrom(answerAt(height, said), true), {
      detail: { code: 'CLIENT_ANSWER_INVALID' },
      message: /said to be proved by another height/,
    });
  });
}

test('an answer with more headers than a proof may have is refused', () => {
  const [header = assert.fail()] = answerAt(1n, {}).descendants;
  const descendants = Array.from({ length: 1_025 }, () => header);
  assert.throws(() => blockFrom(answerAt(1n, { descendants }), true), { message: /too many descendants/ });
});
