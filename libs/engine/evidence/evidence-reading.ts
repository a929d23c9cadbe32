import type { Digest, Epoch } from '#libs/chain/ids.ts';
import { isFor } from '#libs/chain/system-transactions.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import { type Evidence, evidenceFault } from '#libs/protocol/evidence.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { decodeEvidence } from '#libs/protocols/evidence-codec.ts';

/** The federation that evidence is of. */
export interface EvidenceScope {
  /** SHA-256 of the genesis. */
  readonly chain: Digest;
  /** The members of an epoch that has begun here; undefined for a later one. */
  readonly setOf: (epoch: Epoch) => ValidatorSet | undefined;
  /** The votes of the protocol that an epoch ran; undefined for an epoch that has not begun here. */
  readonly tableOf: (epoch: Epoch) => VoteTable | undefined;
}

/** Evidence of this federation, or the fault of the content. Judges no signature. */
export function readEvidence(
  content: Uint8Array,
  { chain, setOf, tableOf }: EvidenceScope,
): Evidence | string {
  const decoded = decodeEvidence(content, (protocol, epoch) => {
    const table = tableOf(epoch);
    return table?.protocol === protocol ? table : undefined;
  });
  if (!decoded.ok) return decoded.fault;
  if (decoded.chain !== chain) return 'evidence of another chain';
  const { epoch } = decoded.evidence;
  const [set, table] = [setOf(epoch), tableOf(epoch)];
  if (set === undefined || table === undefined) return 'evidence of an epoch that has not begun here';
  return evidenceFault(decoded.evidence, set, table) ?? decoded.evidence;
}

/** The contents of the evidence among the transactions of a block. */
export function evidenceIn(transactions: readonly Transaction[]): readonly Uint8Array[] {
  return transactions.filter((each) => isFor('evidence', each)).map(({ bytes }) => bytes);
}
