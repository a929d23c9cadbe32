import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { type BlockHeader, headerBytes, headerDigest } from './block.ts';
import { genesisBlock } from './genesis-block.ts';
import { extensionsFault, type HeaderExtension } from './header-extensions.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from './ids.ts';

interface Said {
  readonly name: string;
  readonly extensions: readonly { readonly tag: number; readonly content: string }[];
}

interface Vectors {
  readonly vectors: readonly (Said & {
    readonly header: Readonly<Record<Exclude<keyof BlockHeader, 'extensions'>, string | number>>;
    readonly bytes: string;
    readonly digest: string;
  })[];
  readonly refused: readonly Said[];
}

const { vectors, refused } = JSON.parse(
  readFileSync(new URL('../../test/vectors/header-extensions.json', import.meta.url), 'utf8'),
) as Vectors;

function extensionsOf({ extensions }: Said): readonly HeaderExtension[] {
  return extensions.map(({ tag, content }) => ({ tag, content: fromHex(content) ?? assert.fail(content) }));
}

function headerOf(vector: Vectors['vectors'][number]): BlockHeader {
  const { header: plain } = vector;
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
    extensions: extensionsOf(vector),
  };
}

describe('a header with extensions', () => {
  for (const vector of vectors) {
    test(`has the bytes and the digest of the vector where ${vector.name}`, () => {
      assert.equal(extensionsFault(extensionsOf(vector)), undefined);
      assert.equal(toHex(headerBytes(headerOf(vector))), vector.bytes);
      assert.equal(headerDigest(headerOf(vector)), vector.digest);
    });
  }

  for (const each of refused) {
    test(`is refused with ${each.name}, and has no bytes`, () => {
      const extensions = extensionsOf(each);
      assert.notEqual(extensionsFault(extensions), undefined);
      assert.throws(() => headerBytes({ ...genesisBlock({ genesisTimeMs: 0n }).header, extensions }));
    });
  }

  test('says which tag is unknown, which ones are read, and the cure', () => {
    const fault = extensionsFault([{ tag: 9, content: Uint8Array.of(1) }]);
    assert.match(
      fault ?? '',
      /^unknown header extension 9: this version reads 1 \(application\), .*install a version that reads 9$/,
    );
  });

  test('has a tag of its own, so that no header without extensions has its digest', () => {
    const { header } = genesisBlock({ genesisTimeMs: 0n });
    const text = (extensions: readonly HeaderExtension[]) =>
      Buffer.from(headerBytes({ ...header, extensions }).subarray(4, 19)).toString();
    assert.equal(text([]), 'btcfed/block/v1');
    assert.equal(text([{ tag: 2, content: Uint8Array.of(1) }]), 'btcfed/block/v2');
  });
});
