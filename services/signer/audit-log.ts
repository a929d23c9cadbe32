import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { headBytes } from '#libs/protocol/audit-head.ts';
import { readAuditKey } from './adapters/audit-key.ts';
import {
  firstLineText,
  lastLineText,
  type NotedHead,
  requireNoted,
  rowText,
  type VerifiedAudit,
} from './adapters/audit-text.ts';
import { CustodyError } from './core/errors.ts';
import { AUDIT_KEY_NAME } from './custody.ts';
import { AUDIT_PAGE_ROWS } from './limits.ts';
import { type OpenRecord, openRecord, type RecordPlace } from './open-record.ts';

const FILE_MODE = 0o600;

/**
 * The end of the audit log of a signer that does not run, signed; every row is hashed again for it.
 * @throws CustodyError or DatabaseError saying what is wrong with it, or that the signer runs.
 */
export async function auditOfRecord(place: RecordPlace, noted?: NotedHead): Promise<VerifiedAudit> {
  const record = await openRecord(place);
  try {
    const { ledger } = record;
    if (noted !== undefined) requireNoted(place.folder, noted, ledger.auditRows(noted.sequence - 1n, 1)[0]);
    return signedEnd(place, record);
  } finally {
    record.ledger.close();
  }
}

/**
 * Writes the whole log to a new file, as `adapters/audit-text.ts` says.
 * @throws CustodyError `CUSTODY_FILE_EXISTS`, or as `auditOfRecord`.
 */
export async function exportAudit(place: RecordPlace, out: string): Promise<VerifiedAudit> {
  const record = await openRecord(place);
  try {
    const verified = signedEnd(place, record);
    const file = createWriteStream(out, { flags: 'wx', mode: FILE_MODE, flush: true });
    await pipeline(Readable.from(linesOf(record, verified)), file).catch((cause: unknown) => {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
      throw new CustodyError(`${out}: it is there already`, { code: 'CUSTODY_FILE_EXISTS', path: out });
    });
    return verified;
  } finally {
    record.ledger.close();
  }
}

function signedEnd({ folder }: RecordPlace, { ledger, owner }: OpenRecord): VerifiedAudit {
  const auditKey = readAuditKey(join(folder, AUDIT_KEY_NAME));
  const { publicKey, binding } = owner;
  const { sequence, hash } = ledger.auditEnd();
  const signature = auditKey.sign(headBytes({ chain: binding.chain, publicKey }, { sequence, hash }));
  const head = { sequence, hash, signature, publicKey: auditKey.publicKey };
  return { chain: binding.chain, publicKey, head, after: ledger.auditStart() };
}

function* linesOf({ ledger }: OpenRecord, verified: VerifiedAudit): Iterable<string> {
  yield `${firstLineText(verified, verified.after)}\n`;
  let { sequence } = verified.after;
  for (;;) {
    const rows = ledger.auditRows(sequence, AUDIT_PAGE_ROWS);
    if (rows.length > 0) yield `${rows.map(rowText).join('\n')}\n`;
    if (rows.length < AUDIT_PAGE_ROWS) break;
    sequence = rows.at(-1)?.sequence ?? sequence;
  }
  yield `${lastLineText(verified.head)}\n`;
}
