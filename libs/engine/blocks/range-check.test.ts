import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sealBlock } from '#libs/chain/block.ts';
import { toEpoch } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { genesisRoot } from '#libs/protocol/certificate.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import { chainOf, heightOf } from '#test/support/engine/sync-bench.ts';
import type { BlockRange } from '../ports/block-range.ts';
import { RANGE_TRANSACTIONS_MAX } from '../ports/range-limits.ts';
import { rangeFault } from './range-check.ts';

const chain = chainOf({ blocks: 20 });
const context = {
  table: HOTSTUFF_TABLE,
  set: validatorSet(
    toEpoch(0n),
    Array.from({ length: 8 }, (_, i) => ({ name: `m${i}`, publicKey: Uint8Array.of(i), weight: 1n })),
  ),
  root: genesisRoot(chain.genesis.digest),
};
const span = { from: heightOf(3), to: heightOf(9) };
const certificateAt = (height: number) =>
  chain.certificateWithin({ from: heightOf(height), to: heightOf(height) }) ?? assert.fail();
const whole: BlockRange = {
  blocks: chain.final.slice(3, 10),
  certificate: certificateAt(9),
  descendants: [],
};
const headers = (from: number, to: number) => chain.final.slice(from, to + 1).map(({ header }) => header);

describe('a range of blocks', () => {
  const right: Readonly<Record<string, BlockRange>> = {
    'that is whole': whole,
    'that ends earlier': { ...whole, blocks: chain.final.slice(3, 5), certificate: certificateAt(4) },
    'whose certificate is further up': {
      ...whole,
      certificate: certificateAt(12),
      descendants: headers(10, 12),
    },
  };
  for (const [what, range] of Object.entries(right)) {
    test(`is right ${what}`, () => assert.equal(rangeFault(range, span, context), undefined));
  }

  const [third, ...others] = whole.blocks;
  assert.ok(third);
  const many = Array.from({ length: RANGE_TRANSACTIONS_MAX }, (_, i) =>
    transactionOf(Buffer.from(String(i))),
  );
  const wrong: readonly (readonly [string, Partial<BlockRange>])[] = [
    ['range without blocks', { blocks: [], descendants: headers(3, 9) }],
    ['more blocks than asked for', { blocks: chain.final.slice(3, 11), certificate: certificateAt(10) }],
    ['certificate of another phase', { certificate: { ...whole.certificate, kind: 'pre-commit' } }],
    ['range larger than agreed', { blocks: [sealBlock(third.header, many), ...others] }],
    ['block of another height', { blocks: others }],
    ['block of another height', { certificate: certificateAt(12), descendants: headers(11, 12) }],
    ['broken link', { blocks: [third, sealBlock({ ...third.header, height: heightOf(4) }, [])] }],
    ['certificate of another block', { certificate: certificateAt(10) }],
    ['certificate of another block', { certificate: { ...whole.certificate, height: heightOf(10) } }],
    ['certificate of another block', { certificate: certificateAt(12), descendants: headers(10, 11) }],
    [
      'signers below quorum',
      { certificate: { ...whole.certificate, signatures: whole.certificate.signatures.slice(2) } },
    ],
  ];
  for (const [fault, change] of wrong) {
    test(`HS-54 is refused as ${fault} (${Object.keys(change).join(', ')})`, () => {
      assert.equal(rangeFault({ ...whole, ...change }, span, context), fault);
    });
  }
});
