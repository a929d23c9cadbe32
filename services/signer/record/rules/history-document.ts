import { Encoder } from '#libs/bytes/encoder.ts';
import { type Digest, digestBytes } from '#libs/chain/ids.ts';
import type { Remembered } from '#libs/custody/custody-state.ts';
import type { History } from '#libs/custody/history.ts';
import type { AuditEnd } from './audit-entry.ts';
import type { EpochBasis } from './custody-ledger.ts';

/** The signing history of one key on one chain, as it goes from a retired signer to the next (services/signer/README.md R7). */
export interface HistoryDocument {
  readonly scheme: string;
  /** The consensus key. */
  readonly publicKey: Uint8Array;
  /** Id of the record that it comes from, 16 bytes. */
  readonly install: Uint8Array;
  readonly history: History;
  /** Members of the epoch that the history belongs to, and the block that the epoch starts from. */
  readonly facts: EpochBasis;
  readonly signatureCount: bigint;
  /** End of the audit log, with the row that retired the signer. */
  readonly audit: AuditEnd;
}

const TAG = 'btcfed/signing-history/v1';
const HASH_BYTES = 32;
const INSTALL_BYTES = 16;

/** The bytes that the audit key signs: every field, in the order of the file (test/vectors/signing-history). */
export function historyBytes(document: HistoryDocument): Uint8Array {
  const { scheme, publicKey, install, history, facts, signatureCount, audit } = document;
  const encoder = new Encoder()
    .text(TAG)
    .fixed(digestBytes(history.chain), HASH_BYTES)
    .text(history.protocol)
    .text(scheme)
    .prefixed(publicKey)
    .fixed(install, INSTALL_BYTES)
    .u64(history.session);
  putEpoch(encoder, history, facts);
  putPast(encoder, history);
  return encoder.u64(signatureCount).u64(audit.sequence).fixed(audit.hash, HASH_BYTES).finish();
}

function putEpoch(encoder: Encoder, { epoch }: History, { set, root }: EpochBasis): void {
  encoder.u64(epoch).u32(set.members.length);
  for (const { name, publicKey, weight } of set.members) encoder.text(name).prefixed(publicKey).u64(weight);
  putRemembered(encoder, root);
}

function putPast(encoder: Encoder, past: History): void {
  const { openFrom, viewFrom, proven, lock, marks, high, signed, isRecovered } = past;
  encoder
    .u64(openFrom)
    .u64(viewFrom)
    .u64(proven)
    .u32(isRecovered ? 1 : 0);
  encoder.u32(lock === undefined ? 0 : 1);
  if (lock !== undefined) putRemembered(encoder, lock);
  encoder.u32(marks.size);
  for (const [instance, { view, step }] of marks) encoder.u64(instance).u64(view).u32(step);
  encoder.u32(high.size);
  for (const [instance, each] of high) putRemembered(encoder.u64(instance), each);
  encoder.u32(signed.size);
  for (const [slot, digest] of signed) encoder.text(slot).fixed(digestBytes(digest as Digest), HASH_BYTES);
}

function putRemembered(encoder: Encoder, { view, height, digest }: Remembered): void {
  encoder.u64(view).u64(height).fixed(digestBytes(digest), HASH_BYTES);
}
