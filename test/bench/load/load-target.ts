/** Told by a member about the transactions that were handed to it. */
export interface LoadTally {
  final: number;
  lost: number;
  triedAgain: number;
}

/** One member, as the client of the load sees it. */
export interface LoadMember {
  /** Hands one batch in, and returns when each of it is final there, or lost. */
  handIn(transactions: readonly Uint8Array[], tally: LoadTally): Promise<void>;
}

export interface LoadTarget {
  readonly members: readonly LoadMember[];
  close(): void;
}
