/** The reason why nothing is signed. Stable: callers branch on it. */
export type RefusalReason =
  /** The record is lost or older than the key: nothing is signed before the operator acts. */
  | 'QUARANTINED'
  /** A newer session was opened: another consensus process replaced this one. */
  | 'SESSION_FENCED'
  | 'WRONG_CHAIN'
  | 'WRONG_EPOCH'
  /** The members of this epoch do not know the key. */
  | 'NOT_MEMBER'
  /** The protocol that the key is bound to has no such kind, or not in this shape. */
  | 'WRONG_KIND'
  /** Another statement holds this slot. */
  | 'CONFLICTING_SLOT'
  /** The slot lies at or below the mark. */
  | 'STALE_SLOT'
  /** This key does not lead the view. */
  | 'NOT_LEADER'
  /** The grounds of the statement were not shown, and were not recorded before either. */
  | 'GROUNDS_MISSING'
  /** The header is not the block's, or does not extend the block of its certificate. */
  | 'BAD_BLOCK'
  /** A certificate that is needed was not verified here. */
  | 'CERT_UNKNOWN'
  /** The leader's signature of the proposal was not verified here. */
  | 'PROPOSAL_UNKNOWN'
  /** The block neither extends the lock nor is justified by a newer certificate. */
  | 'UNSAFE_BRANCH'
  /** Leaving the view would hide a certificate that the key acted on. */
  | 'UNSAFE_REPORT'
  /** The view lies too far above the highest one that is proved. */
  | 'VIEW_JUMP';
