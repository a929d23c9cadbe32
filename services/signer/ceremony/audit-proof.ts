import { join } from 'node:path';
import { possessionBytes } from '#libs/membership/key-rules.ts';
import { ED25519, KEY_PURPOSES, type MemberKey } from '#libs/membership/member-keys.ts';
import { provideAuditKey, readAuditKey } from '../key/audit-key.ts';
import { AUDIT_KEY_NAME } from '../words/file-names.ts';

/**
 * The audit key of a signer's folder as the others will know it, with the proof that this member has it. Makes the key where there is none.
 * @param name - Name of the member, which the proof is for.
 * @throws CustodyError `CUSTODY_FILE_UNREADABLE`, or FileExposedError.
 */
export async function provenAuditKey(folder: string, name: string): Promise<MemberKey> {
  const path = join(folder, AUDIT_KEY_NAME);
  await provideAuditKey(path);
  const { publicKey, sign } = readAuditKey(path);
  const key = { purpose: KEY_PURPOSES.audit, scheme: ED25519, publicKey };
  return { ...key, proof: sign(possessionBytes(name, key)) };
}
