import { toHex } from '#libs/bytes/hex.ts';
import { sha256 } from '#libs/bytes/sha256.ts';
import { type Digest, toDigest } from '#libs/chain/ids.ts';
import type { ChainProof } from '#libs/client/chain-proof.ts';
import { withMode } from '#libs/custody/session.ts';
import { preparedKey } from '../key/prepared-key.ts';
import { MirrorFile } from '../record/mirror-file.ts';
import { mirrorPath, type OpenRecord, openRecord, type RecordPlace } from '../record/open-record.ts';
import type { AuditRow } from '../record/rules/audit-entry.ts';
import { auditOf } from '../record/rules/audit-of.ts';
import type { CustodyLedger, EpochBasis } from '../record/rules/custody-ledger.ts';
import { beginRotation, finishRotation, follows, type Succession } from '../record/succession.ts';
import { enterEpochs, provedEpochs, votesOf } from './proved-epochs.ts';
import { quarantinedState, refusedNow } from './quarantine.ts';
import { type PrepareOptions, prepareRotation } from './rotation.ts';

const ROWS_AT_ONCE = 1_000;

/**
 * Makes the key that is to follow one in quarantine, and notes in the record that it was made then. A key prepared
 * earlier is not taken: it may have come with the older copy that caused the quarantine, and have signed elsewhere.
 * @returns its public key.
 * @throws CustodyError as `prepareRotation`, and for a key that is not in quarantine.
 */
export async function prepareInQuarantine(place: RecordPlace & PrepareOptions): Promise<Uint8Array> {
  const record = await openRecord(place);
  try {
    const state = quarantinedState(place, record);
    const publicKey = await prepareRotation(place);
    record.ledger.change(state, auditOf(state, 'PREPARED', '', digestOf(publicKey)));
    return publicKey;
  } finally {
    record.ledger.close();
  }
}

/**
 * Puts the prepared key in place of the one in this folder, of a stopped signer: on proof that an epoch began
 * whose members know it in place of the other. A running, healthy signer does the same by itself.
 * @returns the epoch that it signs from.
 * @throws CustodyError naming the missing proof; then nothing was changed.
 */
export async function activatePrepared(place: RecordPlace, proof: ChainProof): Promise<bigint> {
  await finishRotation(place);
  const record = await openRecord(place);
  const succession = await retiredFor(place, record, proof).finally(() => record.ledger.close());
  await beginRotation(place, succession);
  await finishRotation(place);
  return succession.epoch.set.epoch;
}

async function retiredFor(place: RecordPlace, record: OpenRecord, proof: ChainProof): Promise<Succession> {
  const { ledger, owner, facts, fault, install } = record;
  const next = await preparedKey(place.folder);
  if (next === undefined) throw refusedNow(place, 'no key is prepared to follow this one (rotate prepare)');
  requireTrusted(place, record, next.publicKey);
  const epochs = await provedEpochs(place, record, proof);
  // The epochs of the record, and those that the proof adds.
  const known: readonly EpochBasis[] = [facts, ...epochs];
  const at = known.findIndex(({ set }) => follows(set, { next: next.publicKey, before: owner.publicKey }));
  const found = known[at];
  if (found === undefined) throw refusedNow(place, notKnown(known));
  const epoch = epochs[at - 1] ?? { ...found, table: votesOf(place, record) };
  // Written first, so that a crash leaves a record that the next start continues from, and not one that is
  // behind its mirror.
  if (fault !== undefined) await MirrorFile.create(mirrorPath(place), install, ledger.auditEnd().sequence);
  enterEpochs(record, epochs.slice(0, at));
  const { session } = ledger.state();
  const retired = withMode(ledger.state(), 'retired');
  ledger.change(retired, auditOf(retired, 'RETIRED', 'another key follows'));
  return { epoch, session, membersMin: ledger.automatic.membersMin };
}

function requireTrusted(place: RecordPlace, { ledger, fault }: OpenRecord, next: Uint8Array): void {
  const { mode } = ledger.state();
  if (mode === 'retired') {
    const reason =
      'the key is retired already: a rotation that was interrupted is finished by the next start';
    throw refusedNow(place, reason);
  }
  if (mode === 'active' && fault === undefined) return;
  if (isPreparedSince(ledger, digestOf(next))) return;
  const reason =
    'the key is in quarantine, and the prepared one was made before: it may be in use elsewhere. Abandon it, and prepare another';
  throw refusedNow(place, reason);
}

/** Whether this key was prepared in the present quarantine. */
function isPreparedSince(ledger: CustodyLedger, digest: Digest): boolean {
  let isPrepared = false;
  for (const { outcome, kind, digest: noted } of rowsOf(ledger)) {
    const isWellAgain = outcome === 'IMPORTED' || (outcome === 'RECOVERY' && kind === 'done');
    isPrepared = (isPrepared && !isWellAgain) || (outcome === 'PREPARED' && noted === digest);
  }
  return isPrepared;
}

function* rowsOf(ledger: CustodyLedger): Iterable<AuditRow> {
  for (let from = ledger.auditStart().sequence; ; ) {
    const rows = ledger.auditRows(from, ROWS_AT_ONCE);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    from = last.sequence;
  }
}

function notKnown(known: readonly EpochBasis[]): string {
  const [from, to] = [known.at(0)?.set.epoch, known.at(-1)?.set.epoch];
  return `no epoch from ${from} to ${to}, as far as the proof goes, knows the prepared key in place of this one`;
}

function digestOf(publicKey: Uint8Array): Digest {
  return toDigest(toHex(sha256(publicKey)));
}
