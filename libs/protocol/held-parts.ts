import { type HeldTransactions, NO_TRANSACTIONS } from '#libs/chain/named-transactions.ts';
import { type HeldSignatures, NO_SIGNATURES } from './named-signatures.ts';

/** The parts of messages that a reader holds: a message may name them instead of carrying them. */
export interface HeldParts {
  /** Verified. */
  readonly signatures: HeldSignatures;
  readonly transactions: HeldTransactions;
}

/** Holds nothing: whole messages alone can be read. */
export const NO_PARTS: HeldParts = { signatures: NO_SIGNATURES, transactions: NO_TRANSACTIONS };
