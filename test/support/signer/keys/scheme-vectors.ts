import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { sha256Hex } from '#libs/bytes/sha256.ts';
import { knownAnswer } from '#libs/crypto/known-answer.ts';
import type { PortablePool } from '#libs/crypto/portable-pool.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import type { SignatureScheme } from '#libs/crypto/signature-scheme.ts';

const vectors = z
  .object({
    cases: z.array(z.object({ scheme: z.string(), seed: z.string(), publicKey: z.string() })),
    signing: z.array(
      z.object({
        scheme: z.string(),
        secretKey: z.string(),
        message: z.string(),
        signatureDigest: z.string(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../../../vectors/slh-dsa.json', import.meta.url), 'utf8')));

/** Key pairs of NIST, one of each parameter set. */
export const KEY_VECTORS = vectors.cases;
/** Signatures of NIST without a context, of the sets that sign fast. */
export const SIGNING_VECTORS = vectors.signing;

const MESSAGE = Buffer.from('btcfed/test/slh-dsa', 'utf8');

/** Both implementations of one parameter set. */
interface Implementations {
  readonly native: SignatureScheme;
  readonly portable: SignatureScheme;
}

export function implementationsOf(scheme: string, pool: PortablePool): Implementations {
  return {
    native: schemeByName(scheme, { backend: 'native', pool }),
    portable: schemeByName(scheme, { backend: 'portable', signing: 'deterministic', pool }),
  };
}

/** The portable one derives the key pair that NIST derives; up to 3 s of hashing in the sets that sign slowly. */
export async function assertDerives(
  { native, portable }: Implementations,
  { seed, publicKey: expected }: (typeof KEY_VECTORS)[number],
): Promise<void> {
  const { publicKey, secretKey } = await portable.keyPairFromSeed(Buffer.from(seed, 'hex'));
  assert.equal(Buffer.from(publicKey).toString('hex'), expected);
  assert.equal(Buffer.from(secretKey).toString('hex').slice(0, seed.length), seed);
  assert.equal(publicKey.length, native.sizes.publicKey);
  assert.equal(secretKey.length, native.sizes.secretKey);
}

/** The portable one accepts what the native one signs, and in no other form; up to 2 s of hashing. */
export async function assertVerifiesNative({ native, portable }: Implementations): Promise<void> {
  const { publicKey, secretKey } = await native.generate();
  const signature = await native.sign(secretKey, MESSAGE);
  await assertSound(portable, { publicKey, message: MESSAGE, context: new Uint8Array(), signature });
}

/** This one accepts the signature that NIST published, and in no other form; takes no time. */
export async function assertAcceptsNist(scheme: SignatureScheme): Promise<void> {
  const { secretKey, message, context, signature } = knownAnswer(scheme.name);
  const publicKey = secretKey.subarray(secretKey.length / 2);
  await assertSound(scheme, { publicKey, message, context, signature });
}

/** The portable one signs the very bytes of NIST; up to 20 s of hashing in the sets that sign slowly. */
export async function assertSignsAsNist({ native, portable }: Implementations): Promise<void> {
  const known = knownAnswer(native.name);
  const publicKey = known.secretKey.subarray(known.secretKey.length / 2);
  const signature = await portable.sign(known.secretKey, known.message, known.context);
  assert.equal(Buffer.from(signature).equals(known.signature), true);
  assert.equal(await native.verify(publicKey, known.message, signature, known.context), true);
  assert.equal(await native.verify(publicKey, known.message, signature), false, 'without its context');
}

/** The same without a context. */
export async function assertSignsVector(
  { portable }: Implementations,
  { secretKey, message, signatureDigest }: (typeof SIGNING_VECTORS)[number],
): Promise<void> {
  const signature = await portable.sign(Buffer.from(secretKey, 'hex'), Buffer.from(message, 'hex'));
  assert.equal(sha256Hex(signature), signatureDigest);
}

interface Signed {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly context: Uint8Array;
  readonly signature: Uint8Array;
}

/** Tests that signatures from elsewhere are accepted as they are and in no other form. */
async function assertSound(scheme: SignatureScheme, signed: Signed): Promise<void> {
  const accepts = (other: Partial<Signed>): Promise<boolean> => {
    const { publicKey, message, context, signature } = { ...signed, ...other };
    return scheme.verify(publicKey, message, signature, context);
  };
  const { publicKey, message, signature } = signed;
  assert.equal(signature.length, scheme.sizes.signature);
  assert.equal(await accepts({}), true, 'accepts it');
  assert.equal(await accepts({ context: MESSAGE }), false, 'another context');
  assert.equal(await accepts({ message: flipped(message, 0) }), false, 'another message');
  assert.equal(await accepts({ publicKey: flipped(publicKey, 0) }), false, 'another key');
  for (const index of [0, Math.floor(signature.length / 2), signature.length - 1]) {
    assert.equal(await accepts({ signature: flipped(signature, index) }), false, `byte ${index}`);
  }
}

/** A copy with one bit of byte `index` changed. */
export function flipped(bytes: Uint8Array, index: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  copy[index] = (copy[index] ?? 0) ^ 1;
  return copy;
}
