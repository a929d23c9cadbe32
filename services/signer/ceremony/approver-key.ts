import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeFileAtomic } from '#libs/files/atomic-file.ts';
import { FileExposedError, readPrivateKey } from '#libs/key-files/private-path.ts';
import { CustodyError } from '../words/errors.ts';

const FILE_MODE = 0o600;

/**
 * Makes the key of the second person, PKCS#8 in PEM at `out`, to be taken away; its public half stays with the signer.
 * @throws CustodyError `CUSTODY_FILE_EXISTS`.
 */
export async function createApprover(publicFile: string, out: string): Promise<void> {
  for (const path of [publicFile, out]) {
    if (existsSync(path))
      throw failed('CUSTODY_FILE_EXISTS', path, 'it exists already and is not written over');
  }
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  await writeFileAtomic(out, privateKey.export({ type: 'pkcs8', format: 'pem' }), FILE_MODE);
  await writeFileAtomic(publicFile, publicKey.export({ type: 'spki', format: 'pem' }), FILE_MODE);
}

/** The second person's approval: a signature over the challenge. */
export function approve(keyFile: string, challenge: Uint8Array): Uint8Array {
  return reading(
    keyFile,
    () => new Uint8Array(sign(null, challenge, createPrivateKey(readPrivateKey(keyFile)))),
  );
}

/** @throws CustodyError when no second person was named. */
export function checkApprover(publicFile: string): void {
  if (existsSync(publicFile)) return;
  const reason = 'no second person was named while the key was well (state approver): rotate the key instead';
  throw failed('CUSTODY_FILE_UNREADABLE', publicFile, reason);
}

/** Whether the second person approved of this challenge. @throws CustodyError without a key to check it by. */
export function isApproved(publicFile: string, challenge: Uint8Array, token: Uint8Array): boolean {
  checkApprover(publicFile);
  return reading(publicFile, () => verify(null, challenge, createPublicKey(readFileSync(publicFile)), token));
}

/** Reads, and throws errors without their cause, which may quote the file. */
function reading<Value>(path: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (error instanceof FileExposedError) throw error;
    throw failed('CUSTODY_FILE_UNREADABLE', path, 'it is missing or no Ed25519 key in PEM');
  }
}

function failed(
  code: 'CUSTODY_FILE_EXISTS' | 'CUSTODY_FILE_UNREADABLE',
  path: string,
  reason: string,
): CustodyError {
  return new CustodyError(`approver ${path}: ${reason}`, { code, path });
}
