import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import type { RecordCryptography } from '../exchange/ports.ts';

const SEED_BYTES = 32;
const ID_BYTES = 16;
const PKCS8_ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_ED25519_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Ed25519 with the libp2p identity.
 *
 * @param privateKey - Seed and public key, 64 bytes.
 */
export function recordCryptography(privateKey: Uint8Array): RecordCryptography {
  const der = Buffer.concat([PKCS8_ED25519_PREFIX, privateKey.subarray(0, SEED_BYTES)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return {
    sign: (statement) => new Uint8Array(sign(null, statement, key)),
    verify: (publicKey, statement, signature) => {
      const signer = publicKeyOf(publicKey);
      return signer !== undefined && verify(null, statement, signer, signature);
    },
    newId: () => randomBytes(ID_BYTES).toString('hex'),
  };
}

function publicKeyOf(hex: string): KeyObject | undefined {
  try {
    const der = Buffer.concat([SPKI_ED25519_PREFIX, Buffer.from(hex, 'hex')]);
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}
