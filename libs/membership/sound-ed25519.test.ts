import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { ed25519FromSeed, ed25519Sign, ed25519Verify } from '#libs/crypto/ed25519.ts';
import { possessionBytes, possessionFault, type VerifyEd25519 } from './key-rules.ts';
import { isSoundEd25519 } from './sound-ed25519.ts';

interface Vectors {
  readonly proofs: readonly {
    readonly name: string;
    readonly member: string;
    readonly purpose: number;
    readonly scheme: string;
    readonly public_key: string;
    readonly signed: string;
    readonly proof: string;
    readonly judged: boolean;
    readonly holds: boolean;
  }[];
}

const { proofs } = JSON.parse(readFileSync('test/vectors/key-proofs.json', 'utf8')) as Vectors;
const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? assert.fail('not hex');

function faultOf(
  { member: name, purpose, scheme, public_key, proof }: Vectors['proofs'][number],
  verify: VerifyEd25519,
) {
  const key = { purpose, scheme, publicKey: bytesOf(public_key), proof: bytesOf(proof) };
  return possessionFault([{ name, keys: [key] }], verify);
}

describe('a proof of possession at the edges of Ed25519', () => {
  for (const vector of proofs) {
    const { name, member, public_key, signed, judged, holds, ...facts } = vector;
    const verdict = judged ? (holds ? 'holds' : 'does not hold') : 'is refused by its form';
    test(`${verdict}: ${name}`, () => {
      const publicKey = bytesOf(public_key);
      assert.equal(toHex(possessionBytes(member, { ...facts, publicKey })), signed);
      assert.equal(isSoundEd25519(publicKey, bytesOf(facts.proof)), judged);
      assert.equal(faultOf(vector, ed25519Verify) === undefined, holds);
      if (judged) return;
      // A library that takes everything changes nothing, for none is asked.
      const lenient = faultOf(vector, () => assert.fail('a library is asked'));
      assert.match(lenient ?? '', /^the audit key of m4: key or proof is of a form .* m4 makes another key$/);
    });
  }

  test('is never refused by its form where an honest signer made it', () => {
    const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(seed, fc.uint8Array(), (bytes, message) => {
        const { publicKey, secretKey } = ed25519FromSeed(bytes);
        assert.ok(isSoundEd25519(publicKey, ed25519Sign(secretKey, message)));
      }),
    );
  });

  test('of another size is none', () => {
    const [first] = proofs;
    const [key, proof] = [bytesOf(first?.public_key ?? ''), bytesOf(first?.proof ?? '')];
    assert.ok(isSoundEd25519(key, proof));
    assert.ok(!isSoundEd25519(key.subarray(1), proof));
    assert.ok(!isSoundEd25519(key, proof.subarray(1)));
  });
});
