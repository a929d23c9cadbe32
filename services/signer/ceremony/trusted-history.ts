import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { readAuditKey } from '../key/audit-key.ts';
import type { KeyFacts } from '../key/key-facts.ts';
import { historyFileRefused, type SignedHistory, signedHistory } from '../record/history-file.ts';
import type { HistoryDocument } from '../record/rules/history-document.ts';
import { AUDIT_KEY_NAME } from '../words/file-names.ts';
import { HISTORY_BYTES_MAX } from '../words/limits.ts';

/** @throws CustodyError `CUSTODY_HISTORY_INVALID` or `CUSTODY_FILE_UNREADABLE`. */
export async function readHistory(file: string): Promise<SignedHistory> {
  const { size } = await stat(file).catch((cause: unknown) => {
    throw historyFileRefused('CUSTODY_FILE_UNREADABLE', file, 'it cannot be read', cause);
  });
  if (size > HISTORY_BYTES_MAX)
    throw historyFileRefused('CUSTODY_HISTORY_INVALID', file, `it is longer than ${HISTORY_BYTES_MAX} bytes`);
  return signedHistory(file, await readFile(file, 'utf8'));
}

/**
 * Reads a history that the key of this folder may go on from.
 * @param trusted - `owner`: the key that it must be of; `auditKey`: the Ed25519 key that must have signed it.
 * @throws CustodyError `CUSTODY_HISTORY_INVALID`, `…_UNTRUSTED`, `…_FOREIGN` or `CUSTODY_FILE_UNREADABLE`.
 */
export async function trustedHistory(
  file: string,
  { owner, auditKey }: { readonly owner: KeyFacts; readonly auditKey: Uint8Array },
): Promise<HistoryDocument> {
  const signed = await readHistory(file);
  checkSigner(file, signed, auditKey);
  checkOwner(file, signed.document, owner);
  return signed.document;
}

/** The audit key of this folder, for a history that was made here. @throws CustodyError `CUSTODY_HISTORY_UNTRUSTED`. */
export function ownAuditKey(folder: string, file: string): Uint8Array {
  const path = join(folder, AUDIT_KEY_NAME);
  if (existsSync(path)) return readAuditKey(path).publicKey;
  const reason =
    'there is no audit.key here to check its signature by: give the audit key that the retired signer published';
  throw historyFileRefused('CUSTODY_HISTORY_UNTRUSTED', file, `${reason} (--audit-key)`);
}

function checkSigner(file: string, { auditKey }: SignedHistory, expected: Uint8Array): void {
  if (equalBytes(auditKey, expected)) return;
  const reason = `audit key ${toHex(auditKey)} signed it, expected ${toHex(expected)}; if that is the one that the retired`;
  throw historyFileRefused(
    'CUSTODY_HISTORY_UNTRUSTED',
    file,
    `${reason} signer published, say so (--audit-key)`,
  );
}

function checkOwner(file: string, { scheme, publicKey, history }: HistoryDocument, owner: KeyFacts): void {
  const another = [
    equalBytes(publicKey, owner.publicKey) && scheme === owner.scheme ? [] : ['key'],
    history.chain === owner.binding.chain ? [] : ['chain'],
    // The key was bound under the protocol of the genesis; later epochs may have others, as the members decided.
    history.epoch > 0n || history.protocol === owner.binding.protocol ? [] : ['protocol'],
  ].flat();
  if (another.length === 0) return;
  throw historyFileRefused(
    'CUSTODY_HISTORY_FOREIGN',
    file,
    `it is of another ${another.join(' and ')} than signer.key`,
  );
}
