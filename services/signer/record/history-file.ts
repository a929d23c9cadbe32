import { createPublicKey, verify } from 'node:crypto';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { sha256Hex } from '#libs/bytes/sha256.ts';
import type { History } from '#libs/custody/history.ts';
import { stateFault } from '#libs/custody/state-fault.ts';
import { writeFileAtomic } from '#libs/files/atomic-file.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import type { AuditKey } from '../key/audit-key.ts';
import { CustodyError, type CustodyFault } from '../words/errors.ts';
import { type HistoryText, historySchema } from './history-schema.ts';
import { historyText } from './history-text.ts';
import { type HistoryDocument, historyBytes } from './rules/history-document.ts';

/** A history whose signature holds, and the key that signed it; the caller must check that this is the right key. */
export interface SignedHistory {
  readonly document: HistoryDocument;
  /** Ed25519, 32 bytes. */
  readonly auditKey: Uint8Array;
  /** SHA-256 of the signed bytes, hex. */
  readonly stateHash: string;
}

const FILE_MODE = 0o600;

/** Writes the file, whole or not at all. */
export async function writeHistory(
  path: string,
  document: HistoryDocument,
  auditKey: AuditKey,
): Promise<SignedHistory> {
  const text = historyText(document, auditKey);
  await writeFileAtomic(path, text, FILE_MODE);
  return signedHistory(path, text);
}

/**
 * Reads the text of such a file. Nothing of it is believed yet: the caller knows which audit key may sign, and which key it is for.
 * @throws CustodyError `CUSTODY_HISTORY_INVALID` naming the bad fields.
 */
export function signedHistory(path: string, text: string): SignedHistory {
  const parsed = historySchema.safeParse(jsonOf(path, text));
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
    throw historyFileRefused('CUSTODY_HISTORY_INVALID', path, [...new Set(fields)].join('; '));
  }
  const document = documentOf(path, parsed.data);
  const { audit_key: auditKey, signature, state_hash: stateHash } = parsed.data;
  const bytes = historyBytes(document);
  const isSigned = sha256Hex(bytes) === stateHash && isSignedBy(auditKey, bytes, signature);
  if (!isSigned)
    throw historyFileRefused(
      'CUSTODY_HISTORY_INVALID',
      path,
      'its signature does not hold: somebody changed it',
    );
  return { document, auditKey, stateHash };
}

function documentOf(path: string, text: HistoryText): HistoryDocument {
  const { epoch, lock, root, members, marks, highs, slots, public_key: publicKey } = text;
  const facts = members.map(({ name, public_key, weight }) => ({ name, publicKey: public_key, weight }));
  const history: History = {
    ...{ chain: text.chain_digest, protocol: text.protocol, epoch, session: text.session },
    ...{
      openFrom: text.open_from,
      viewFrom: text.view_from,
      proven: text.proven,
      isRecovered: text.recovered,
      lock: lock ?? undefined,
    },
    marks: new Map(marks.map(({ instance, ...mark }) => [instance, mark])),
    high: new Map(highs.map(({ instance, ...high }) => [instance, high])),
    signed: new Map(slots),
  };
  const isRepeated =
    history.marks.size < marks.length ||
    history.high.size < highs.length ||
    history.signed.size < slots.length;
  const fault = isRepeated ? 'an entry stands there twice' : (membersFault(facts) ?? stateFault(history));
  if (fault !== undefined) throw historyFileRefused('CUSTODY_HISTORY_INVALID', path, fault);
  return {
    ...{
      scheme: text.scheme,
      publicKey,
      install: text.install,
      history,
      signatureCount: text.signature_count,
    },
    facts: { set: validatorSet(epoch, facts), root },
    audit: text.audit,
  };
}

function membersFault(members: readonly { readonly publicKey: Uint8Array }[]): string | undefined {
  const isTwice = members.some(({ publicKey }, at) =>
    members.slice(0, at).some((other) => equalBytes(other.publicKey, publicKey)),
  );
  return isTwice ? 'members: one key stands there twice' : undefined;
}

function isSignedBy(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, bytes, key, signature);
}

function jsonOf(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw historyFileRefused('CUSTODY_HISTORY_INVALID', path, 'it is not JSON', cause);
  }
}

export function historyFileRefused(
  code: CustodyFault,
  path: string,
  reason: string,
  cause?: unknown,
): CustodyError {
  return new CustodyError(`signing history ${path}: ${reason}`, { code, path }, { cause });
}
