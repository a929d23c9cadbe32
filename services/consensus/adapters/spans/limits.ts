/** Every bound of the spans of consensus, with its reason. */
export const SPAN_LIMITS = {
  /** Blocks that are ordered and not executed yet: an application that is so far behind is told of without these spans. */
  executionsMax: 64,
  /** Transactions that are followed at once: the first of a full block. The spans of the others are counted as dropped. */
  transactionsMax: 1_000,
  /** Proposed blocks that transactions stand in and that nothing has decided: those of some failed views. */
  proposalsMax: 16,
  /** Times that a transaction is said again, to members that come back. */
  gossipsMax: 16,
} as const;
