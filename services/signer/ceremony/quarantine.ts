import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { toHex } from '#libs/bytes/hex.ts';
import { toDigest } from '#libs/chain/ids.ts';
import type { CustodyState } from '#libs/custody/custody-state.ts';
import { withNonce } from '#libs/custody/recovery.ts';
import { withMode } from '#libs/custody/session.ts';
import { type OpenRecord, openRecord, type RecordPlace } from '../record/open-record.ts';
import { auditOf } from '../record/rules/audit-of.ts';
import { CustodyError } from '../words/errors.ts';
import { LEDGER_FILE_NAME } from '../words/file-names.ts';
import { checkApprover, createApprover } from './approver-key.ts';
import type { RecoveryFacts } from './recovery-words.ts';

export const APPROVER_FILE_NAME = 'approver.pub';
const NONCE_BYTES = 32;

/** Puts a key into quarantine, durably: it signs nothing more until it is recovered. */
export async function quarantine(place: RecordPlace, reason: string): Promise<void> {
  const { ledger } = await openRecord(place);
  try {
    const state = ledger.state();
    if (state.mode === 'retired') throw refusedNow(place, 'the key is retired: it signs nothing as it is');
    const next = withMode(state, 'quarantined');
    ledger.change(next, auditOf(next, 'QUARANTINE', reason));
  } finally {
    ledger.close();
  }
}

/**
 * Names the second person who must approve of a recovery: only while the key is healthy.
 * @param out - Path for their key, which they take away.
 */
export async function nameApprover(place: RecordPlace, out: string): Promise<void> {
  const { ledger, fault } = await openRecord(place);
  const { mode } = ledger.state();
  ledger.close();
  if (mode !== 'active' || fault !== undefined) {
    throw refusedNow(place, 'a second person is named while the key is well, not when it is to be recovered');
  }
  await createApprover(join(place.folder, APPROVER_FILE_NAME), out);
}

/**
 * Begins a recovery.
 * @returns the nonce that a final block must carry and the second person signs; a second call gives the same.
 * @throws CustodyError `CUSTODY_NOT_ACTIVE` for a healthy or a retired key; `CUSTODY_FILE_UNREADABLE` where no
 * second person was named, before anybody carries a nonce to the chain in vain.
 */
export async function beginRecovery(place: RecordPlace): Promise<RecoveryFacts> {
  const record = await openRecord(place);
  try {
    const state = quarantinedState(place, record);
    checkApprover(join(place.folder, APPROVER_FILE_NAME));
    const nonce = state.nonce ?? toDigest(toHex(randomBytes(NONCE_BYTES)));
    if (state.nonce === undefined) {
      const next = withNonce(state, nonce);
      record.ledger.change(next, auditOf(next, 'RECOVERY', 'begun', nonce));
    }
    return { chain: state.chain, publicKey: record.owner.publicKey, nonce };
  } finally {
    record.ledger.close();
  }
}

/** Puts a record that is behind its mirror into quarantine, as the signer would at its start. */
export function quarantinedState(place: RecordPlace, { ledger, fault }: OpenRecord): CustodyState {
  const state = ledger.state();
  if (state.mode === 'quarantined') return state;
  if (state.mode === 'active' && fault !== undefined) {
    const next = withMode(state, 'quarantined');
    ledger.change(next, auditOf(next, 'QUARANTINE', fault));
    return next;
  }
  throw refusedNow(
    place,
    `the key is ${state.mode}, not in quarantine: there is nothing to recover or to replace here`,
  );
}

export function refusedNow({ folder }: RecordPlace, reason: string): CustodyError {
  const path = join(folder, LEDGER_FILE_NAME);
  return new CustodyError(`signer record ${path}: ${reason}`, { code: 'CUSTODY_NOT_ACTIVE', path });
}
