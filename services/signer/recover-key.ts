import { join } from 'node:path';
import type { Trust } from '#libs/client/verify-block.ts';
import { type TransactionProof, verifyTransactionProof } from '#libs/client/verify-transaction.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import type { CustodyState } from '#libs/custody/custody-state.ts';
import { recoveredState } from '#libs/custody/recovery.ts';
import { VOTE_TABLES } from '#libs/custody/tables/tables.ts';
import { isApproved } from './adapters/approver-key.ts';
import { MirrorFile } from './adapters/mirror-file.ts';
import { auditOf } from './core/audit-of.ts';
import { contextOf } from './core/context-of.ts';
import type { CustodyError } from './core/errors.ts';
import {
  approvalBytes,
  RECOVERY_CONFIRMATION,
  type RecoveryFacts,
  recoveryTransaction,
} from './core/recovery-words.ts';
import { mirrorPath, type OpenRecord, openRecord, type RecordPlace } from './open-record.ts';
import { APPROVER_FILE_NAME, refusedNow } from './quarantine.ts';

export interface Recovery {
  /** That the block with the nonce is final; verified here, by the members that the record knows. */
  readonly proof: TransactionProof;
  /** Signature of the second person, 64 bytes. */
  readonly token: Uint8Array;
  readonly confirmation: string;
}

/**
 * Lets a key sign again whose record was lost or set back, above all that it can have signed (signer.md 3.5).
 * @throws CustodyError saying what is missing; the key then stays in quarantine.
 */
export async function recoverKey(place: RecordPlace, recovery: Recovery): Promise<CustodyState> {
  const record = await openRecord(place);
  try {
    const { owner, ledger, facts, install } = record;
    const state = ledger.state();
    const { nonce, chain } = state;
    if (state.mode !== 'quarantined' || nonce === undefined) {
      throw refusedNow(place, 'no recovery was begun here, or the key is well');
    }
    checkPeople(place, { chain, publicKey: owner.publicKey, nonce }, recovery);
    await checkProof(place, record, recovery.proof);
    const { view, height, digest } = recovery.proof.block.certificate;
    const table = VOTE_TABLES.get(owner.binding.protocol);
    if (table === undefined) throw refusedNow(place, `there is no protocol ${owner.binding.protocol}`);
    const context = contextOf(table, owner.publicKey, facts);
    const next = recoveredState(context, state, { view, height, digest });
    // First, so that a crash before the record is written leaves a quarantine and nothing else.
    if (record.fault !== undefined) MirrorFile.create(mirrorPath(place), install, ledger.auditEnd().sequence);
    ledger.adopt(
      next,
      { facts, signatureCount: ledger.signatureCount() },
      auditOf(next, 'RECOVERY', 'done', digest),
    );
    return next;
  } finally {
    record.ledger.close();
  }
}

function checkPeople(place: RecordPlace, facts: RecoveryFacts, { confirmation, token }: Recovery): void {
  if (confirmation !== RECOVERY_CONFIRMATION) {
    throw refusedNow(place, `confirm it word for word: "${RECOVERY_CONFIRMATION}"`);
  }
  if (isApproved(join(place.folder, APPROVER_FILE_NAME), approvalBytes(facts), token)) return;
  throw refusedNow(place, 'the token is not that of the second person for this recovery');
}

async function checkProof(
  place: RecordPlace,
  { owner, ledger, facts }: OpenRecord,
  proof: TransactionProof,
): Promise<void> {
  const { chain, nonce } = ledger.state();
  const { scheme, publicKey, binding } = owner;
  const trust: Trust = {
    ...{ chainDigest: chain, protocol: binding.protocol, validators: facts.set },
    verify: schemeByName(scheme).verify,
  };
  const transaction = recoveryTransaction({ chain, publicKey, nonce: nonce ?? chain });
  const verdict = await verifyTransactionProof(transaction, proof, trust);
  if (!verdict.ok) throw notProved(place, verdict.fault);
  const me = facts.set.members.find(({ publicKey: key }) => Buffer.compare(key, publicKey) === 0)?.index;
  if (proof.block.certificate.signatures.some(({ member }) => member === me)) {
    throw notProved(
      place,
      'this very key signed the certificate after the nonce was drawn: another copy is in use',
    );
  }
}

function notProved(place: RecordPlace, fault: string): CustodyError {
  return refusedNow(place, `the block with the nonce is not proved: ${fault}`);
}
