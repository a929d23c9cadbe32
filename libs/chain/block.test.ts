import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { toHex } from '#libs/bytes/hex.ts';
import { type BlockHeader, headerBytes, headerDigest, sealBlock } from './block.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from './ids.ts';

type Plain = Readonly<Record<Exclude<keyof BlockHeader, 'extensions'>, string | number>>;

interface Vectors {
  readonly vectors: readonly { readonly header: Plain; readonly bytes: string; readonly digest: string }[];
}

const { vectors } = JSON.parse(
  readFileSync(new URL('../../test/vectors/block-header.json', import.meta.url), 'utf8'),
) as Vectors;

function headerOf(plain: Plain): BlockHeader {
  return {
    height: toHeight(BigInt(plain.height)),
    epoch: toEpoch(BigInt(plain.epoch)),
    view: toView(BigInt(plain.view)),
    proposer: toMemberIndex(Number(plain.proposer)),
    timestampMs: BigInt(plain.timestampMs),
    parent: toDigest(String(plain.parent)),
    payloadRoot: toDigest(String(plain.payloadRoot)),
    stateRoot: toDigest(String(plain.stateRoot)),
    transactionCount: Number(plain.transactionCount),
    extensions: [],
  };
}

describe('header (HS-05)', () => {
  for (const { header, bytes, digest } of vectors) {
    test(`of height ${header.height} has the bytes and the digest of the vector`, () => {
      assert.equal(toHex(headerBytes(headerOf(header))), bytes);
      assert.equal(headerDigest(headerOf(header)), digest);
    });
  }

  test('has another digest when any field differs', () => {
    const header = headerOf(vectors[1]!.header);
    const other = {
      ...headerOf(vectors[2]!.header),
      extensions: [{ tag: 1, content: Uint8Array.of(0) }],
    };
    const changed = (Object.keys(header) as (keyof BlockHeader)[]).map((field) =>
      headerDigest({ ...header, [field]: other[field] }),
    );
    assert.equal(new Set([headerDigest(header), ...changed]).size, changed.length + 1);
  });

  test('with a number that does not fit is our mistake', () => {
    const header = headerOf(vectors[1]!.header);
    assert.throws(() => sealBlock({ ...header, timestampMs: 2n ** 64n }, []), /not a u64/);
    assert.throws(() => sealBlock({ ...header, transactionCount: 2 ** 32 }, []), /not a u32/);
  });
});
