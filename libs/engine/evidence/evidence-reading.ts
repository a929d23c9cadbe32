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
  readonly table: VoteTable;
}

/** Evidence of this federation, or the fault of the content. Judges no signature. */
export function readEvidence(content: Uint8Array, { chain, setOf, table }: EvidenceScope): Evidence | string {
  const decoded = decodeEvidence(content);
  if (!decoded.ok) return decoded.fault;
  if (decoded.chain !== chain) return 'evidence of another chain';
  const set = setOf(decoded.evidence.epoch);
  if (set === undefined) return 'evidence of an epoch that has not begun here';
  return evidenceFault(decoded.evidence, set, table) ?? decoded.evidence;
}

/** The contents of the evidence among the transactions of a block. */
export function evidenceIn(transactions: readonly Transaction[]): readonly Uint8Array[] {
  return transactions.filter((each) => isFor('evidence', each)).map(({ bytes }) => bytes);
}
