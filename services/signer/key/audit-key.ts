import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFileAtomic } from '#libs/files/atomic-file.ts';
import { FileExposedError, readPrivateKey } from '#libs/key-files/private-path.ts';
import { CustodyError } from '../words/errors.ts';

const FILE_MODE = 0o600;

/** Signs heads of the audit log: an Ed25519 key of its own, because the consensus key signs nothing but statements. */
export interface AuditKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  sign(bytes: Uint8Array): Uint8Array;
}

/** Makes the key, PKCS#8 in PEM; keeps an existing one, because its heads may be published. */
export async function provideAuditKey(path: string): Promise<void> {
  if (existsSync(path)) return;
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeFileAtomic(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), FILE_MODE);
}

/** @throws CustodyError `CUSTODY_FILE_UNREADABLE`, or FileExposedError. */
export function readAuditKey(path: string): AuditKey {
  const key = keyIn(path);
  const jwk = createPublicKey(key).export({ format: 'jwk' });
  return {
    publicKey: new Uint8Array(Buffer.from(jwk.x ?? '', 'base64url')),
    sign: (bytes) => new Uint8Array(sign(null, bytes, key)),
  };
}

function keyIn(path: string): KeyObject {
  try {
    const key = createPrivateKey(readPrivateKey(path));
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (error) {
    if (error instanceof FileExposedError) throw error;
    // The error below has no cause, because the cause may quote the file.
  }
  throw new CustodyError(`audit key ${path}: it is missing or no Ed25519 key in PEM; put it back`, {
    code: 'CUSTODY_FILE_UNREADABLE',
    path,
  });
}
