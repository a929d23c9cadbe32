import type { Digest } from './ids.ts';
import type { Transaction } from './transaction.ts';

/**
 * Which transactions a block may not hold, because of those before them in it and in the chain below. Bound to the parent of the
 * block. An application that numbers the transactions of an account has a rule of its own.
 */
export interface RepeatRule {
  /** The fault of a block with these transactions, or undefined. */
  faultOf(transactions: readonly Transaction[]): string | undefined;
}

/**
 * The rule of an application for the blocks upon any parent.
 * @param isEarlier - Whether a transaction is final already, or in an undecided ancestor (RULES.md A.43).
 */
export type RepeatRules = (isEarlier: (hash: Digest) => boolean) => RepeatRule;

/** No transaction twice in the chain: the rule of an application that does not tell its transactions apart. */
export const onceInChain: RepeatRules = (isEarlier) => {
  return {
    faultOf: (transactions) => {
      const seen = new Set<Digest>();
      for (const { hash } of transactions) {
        if (seen.has(hash)) return 'repeated transaction';
        if (isEarlier(hash)) return 'transaction of an earlier block';
        seen.add(hash);
      }
      return undefined;
    },
  };
};
