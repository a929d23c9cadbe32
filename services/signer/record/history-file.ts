import { createPublicKey, verify } from 'node:crypto';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { sha256Hex } from '#libs/bytes/sha256.ts';
import type { History } from '#libs/custody/history.ts';
import { slotNamed } from '#libs/custody/slot.ts';
import { stateFault } from '#libs/custody/state-fault.ts';
import { writeFileAtomic } from '#libs/files/atomic-file.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import type { AuditKey } from '../key/audit-key.ts';
import { CustodyError, type CustodyFault } from '../words/errors.ts';
import { HISTORY_FORMAT, HISTORY_VERSION, type HistoryText, historySchema } from './history-schema.ts';
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

/** The text of the file, signed by the audit key. */
export function historyText(document: HistoryDocument, auditKey: AuditKey): string {
  const bytes = historyBytes(document);
  const text = {
    format: HISTORY_FORMAT,
    version: HISTORY_VERSION,
    ...ownerText(document),
    ...epochText(document),
    ...pastText(document.history),
    signature_count: document.signatureCount,
    audit: { sequence: document.audit.sequence, hash: toHex(document.audit.hash) },
    state_hash: sha256Hex(bytes),
    audit_key: toHex(auditKey.publicKey),
    signature: toHex(auditKey.sign(bytes)),
  };
  return `${JSON.stringify(text, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value), 2)}\n`;
}

/**
 * Reads such a text. Nothing of it is believed yet: the caller knows which audit key may sign, and which key it is for.
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

function ownerText({ scheme, publicKey, install, history }: HistoryDocument) {
  const { chain, protocol, session } = history;
  const key = { public_key: toHex(publicKey), install: toHex(install) };
  return { chain_digest: chain, protocol, scheme, ...key, session };
}

function epochText({ history: { epoch }, facts: { set, root } }: HistoryDocument) {
  const members = set.members.map(({ name, publicKey, weight }) => ({
    name,
    public_key: toHex(publicKey),
    weight,
  }));
  const { view, height, digest } = root;
  return { epoch, members, root: { view, height, digest } };
}

function pastText(past: History) {
  const { openFrom, viewFrom, proven, lock, marks, high, signed, isRecovered } = past;
  return {
    open_from: openFrom,
    view_from: viewFrom,
    proven,
    recovered: isRecovered,
    lock: lock === undefined ? null : { view: lock.view, height: lock.height, digest: lock.digest },
    marks: [...marks].map(([instance, { view, step }]) => ({ instance, view, step })),
    highs: [...high].map(([instance, { view, height, digest }]) => ({ instance, view, height, digest })),
    slots: [...signed].map(([name, digest]) => ({ ...slotNamed(name), digest })),
  };
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
