import { toHex } from '#libs/bytes/hex.ts';
import { sha256Hex } from '#libs/bytes/sha256.ts';
import type { History } from '#libs/custody/history.ts';
import { slotNamed } from '#libs/protocol/vote/slot.ts';
import type { AuditKey } from '../key/audit-key.ts';
import { HISTORY_FORMAT, HISTORY_VERSION } from './history-schema.ts';
import { type HistoryDocument, historyBytes } from './rules/history-document.ts';

/** The text of the file of a history, signed by the audit key. */
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
