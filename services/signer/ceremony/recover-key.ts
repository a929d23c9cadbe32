import { join } from 'node:path';
import { equalBytes } from '#libs/bytes/bytes.ts';
import type { ChainProof } from '#libs/client/chain-proof.ts';
import { type TransactionProof, verifyTransactionProof } from '#libs/client/verify-transaction.ts';
import type { CustodyState } from '#libs/custody/custody-state.ts';
import type { BegunEpoch } from '#libs/custody/handed-over.ts';
import { recoveredState } from '#libs/custody/recovery.ts';
import { MirrorFile } from '../record/mirror-file.ts';
import { mirrorPath, type OpenRecord, openRecord, type RecordPlace } from '../record/open-record.ts';
import { auditOf } from '../record/rules/audit-of.ts';
import { custodyContextOf } from '../record/rules/custody-context-of.ts';
import type { CustodyError } from '../words/errors.ts';
import { isApproved } from './approver-key.ts';
import { enterEpochs, provedEpochs, trustOf, votesOf } from './proved-epochs.ts';
import { APPROVER_FILE_NAME, refusedNow } from './quarantine.ts';
import {
  approvalBytes,
  RECOVERY_CONFIRMATION,
  type RecoveryFacts,
  recoveryTransaction,
} from './recovery-words.ts';

export interface Recovery {
  /**
   * The proof that the block with the nonce is final, and of the members of its epoch where that is a later
   * one; verified here, starting from the members that the record knows.
   */
  readonly proof: ChainProof;
  /** Signature of the second person, 64 bytes. */
  readonly token: Uint8Array;
  readonly confirmation: string;
}

/**
 * Lets a key whose record was lost or set back sign again, above everything that it can have signed
 * (libs/custody/README.md 3.5).
 * @throws CustodyError naming the missing proof; the key then stays in quarantine.
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
    const { transaction, handovers } = recovery.proof;
    if (transaction === undefined) throw refusedNow(place, 'the proof is of no transaction');
    const { header, certificate } = transaction.block;
    const epochs = await provedEpochs(place, record, { handovers }, header.epoch);
    const last = epochs.at(-1) ?? facts;
    checkReach(place, { from: facts.set.epoch, to: last.set.epoch, wanted: header.epoch });
    const table = epochs.at(-1)?.table ?? votesOf(place, record);
    await checkProof(place, record, { proof: transaction, facts: { ...last, table } });
    const { view, height, digest } = certificate;
    const context = custodyContextOf(table, owner.publicKey, last);
    // Written first, so that a crash before the record is written leaves a quarantine and nothing else.
    if (record.fault !== undefined)
      await MirrorFile.create(mirrorPath(place), install, ledger.auditEnd().sequence);
    enterEpochs(record, epochs);
    const next = recoveredState(context, ledger.state(), { view, height, digest });
    ledger.adopt(
      next,
      { facts: last, signatureCount: ledger.signatureCount() },
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

function checkReach(
  place: RecordPlace,
  { from, to, wanted }: { readonly from: bigint; readonly to: bigint; readonly wanted: bigint },
): void {
  if (wanted <= to) return;
  const reason = `the nonce is final in epoch ${wanted}, and the proof leads from epoch ${from} to ${to}`;
  throw refusedNow(place, `${reason}: have it written --from ${from}`);
}

/** @param facts - Of the epoch of the block. */
async function checkProof(
  place: RecordPlace,
  record: OpenRecord,
  { proof, facts }: { readonly proof: TransactionProof; readonly facts: BegunEpoch },
): Promise<void> {
  const { publicKey } = record.owner;
  const { chain, nonce } = record.ledger.state();
  const transaction = recoveryTransaction({ chain, publicKey, nonce: nonce ?? chain });
  const verdict = await verifyTransactionProof(transaction, proof, trustOf(record, facts));
  if (!verdict.ok) throw notProved(place, verdict.fault);
  const me = facts.set.members.find(({ publicKey: key }) => equalBytes(key, publicKey))?.index;
  if (me === undefined) {
    throw refusedNow(
      place,
      `this key is of no member in epoch ${facts.set.epoch}, where the nonce is final: it is not needed`,
    );
  }
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
