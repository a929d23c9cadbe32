import type { Epoch } from '#libs/chain/ids.ts';
import type { ChainProof } from '#libs/client/chain-proof.ts';
import { trustAfter } from '#libs/client/membership.ts';
import type { Trust } from '#libs/client/verify-block.ts';
import { verifyByScheme } from '#libs/crypto/verify-by-scheme.ts';
import { inEpoch } from '#libs/custody/epoch.ts';
import type { BegunEpoch } from '#libs/custody/handed-over.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { voteTableOf } from '#libs/protocols/protocols.ts';
import type { OpenRecord, RecordPlace } from '../record/open-record.ts';
import { auditOf } from '../record/rules/audit-of.ts';
import { refusedNow } from './quarantine.ts';

/** The starting point of a proof: an epoch as the record knows it, or as a proof led to it from there. */
export function trustOf(
  { owner, ledger }: Pick<OpenRecord, 'owner' | 'ledger'>,
  { set, table: votes }: BegunEpoch,
): Trust {
  const { chain: chainDigest } = ledger.state();
  return {
    ...{ chainDigest, votes, validators: set, votesOf: voteTableOf },
    scheme: owner.scheme,
    verify: verifyByScheme(),
  };
}

/** The votes of the protocol of the record's epoch. @throws CustodyError when this version does not know it. */
export function votesOf(place: RecordPlace, { ledger }: Pick<OpenRecord, 'ledger'>): VoteTable {
  const { protocol, epoch } = ledger.state();
  const table = voteTableOf(protocol);
  if (table !== undefined) return table;
  throw refusedNow(
    place,
    `epoch ${epoch} of the record is under protocol ${protocol}, which this version lacks: use a version of btcfed that has it`,
  );
}

/**
 * The epochs after that of the record, up to `last` or as far as the proof goes; handovers to earlier ones are passed over.
 * Each was decided by the members of the one before, which is verified here. Nothing is written.
 * @throws CustodyError when one does not hold.
 */
export async function provedEpochs(
  place: RecordPlace,
  record: OpenRecord,
  { handovers }: Pick<ChainProof, 'handovers'>,
  last?: Epoch,
): Promise<readonly BegunEpoch[]> {
  const found: BegunEpoch[] = [];
  // Nothing is to be verified: so a key of a protocol that this version lacks can still be retired.
  if (handovers.length === 0) return found;
  let trust = trustOf(record, { ...record.facts, table: votesOf(place, record) });
  for (const handover of handovers) {
    const { epoch, view, height } = handover.header;
    if (epoch !== trust.validators.epoch || epoch === last) continue;
    const next = await trustAfter(trust, handover);
    if (!next.ok) throw refusedNow(place, `the handover to epoch ${epoch + 1n} is not proved: ${next.fault}`);
    trust = next.trust;
    const { digest } = handover.certificate;
    found.push({ set: trust.validators, root: { view, height, digest }, table: trust.votes });
  }
  return found;
}

/**
 * Enters the epochs that `provedEpochs` found, one after the other. On disk when it returns; the key stays as it was.
 */
export function enterEpochs({ ledger }: Pick<OpenRecord, 'ledger'>, epochs: readonly BegunEpoch[]): void {
  for (const { set, root, table } of epochs) {
    const next = inEpoch(ledger.state(), { epoch: set.epoch, root, table });
    ledger.advance(next, { set, root }, auditOf(next, 'EPOCH', 'proved', root.digest));
  }
}
