/** One of two connections to the same peer, seen from this side. */
export interface Rival {
  readonly direction: 'inbound' | 'outbound';
  /** Any monotonic clock of this process, in milliseconds. */
  readonly openedAtMs: number;
}

export interface TieBreakRules {
  /** Our and the peer's raw public key as lower-case hex: the order of the text is the order of the bytes. */
  readonly self: string;
  readonly peer: string;
  /** Longest time that a dial may be under way, and so the longest that two dials can cross. */
  readonly crossingMs: number;
}

/**
 * Chooses between the connection in use and a newer one of the same peer (P2P-12).
 *
 * Two that cross (opposite directions, opened within one dial of each other) were dialled at once, and both sides
 * must choose alike although they may see them in another order: the one that the lower key dialled stays. In
 * every other case the oldest stays, as go-libp2p's limit of one connection per peer has it.
 */
export function chooseConnection(inUse: Rival, newer: Rival, rules: TieBreakRules): 'in-use' | 'newer' {
  const crossed =
    inUse.direction !== newer.direction && Math.abs(newer.openedAtMs - inUse.openedAtMs) <= rules.crossingMs;
  if (!crossed) return 'in-use';
  const lowerDials = rules.self < rules.peer ? 'outbound' : 'inbound';
  return inUse.direction === lowerDials ? 'in-use' : 'newer';
}
