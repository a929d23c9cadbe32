import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { toDigest } from '#libs/chain/ids.ts';
import { headBytes } from './audit-head.ts';

interface Vectors {
  readonly chain: string;
  readonly publicKey: string;
  readonly heads: readonly { sequence: string; hash: string; bytes: string }[];
}

const file = new URL('../../test/vectors/audit-head.json', import.meta.url);
const { chain, publicKey, heads } = JSON.parse(readFileSync(file, 'utf8')) as Vectors;
const bytes = (hex: string): Uint8Array => fromHex(hex) ?? assert.fail(hex);

describe('the published heads of audit logs', () => {
  for (const { sequence, hash, bytes: signed } of heads) {
    test(`F-31 are signed over these bytes: ${sequence} rows`, () => {
      const owner = { chain: toDigest(chain), publicKey: bytes(publicKey) };
      assert.equal(toHex(headBytes(owner, { sequence: BigInt(sequence), hash: bytes(hash) })), signed);
    });
  }
});
