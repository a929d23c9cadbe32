/** So many transactions; or as many as this time allows, and those on their way at its end are waited for. */
export type LoadAmount =
  | { readonly kind: 'transactions'; readonly count: number }
  | { readonly kind: 'time'; readonly seconds: number };

/** Transactions of 1,000 bytes in three blocks: one is decided, one is full behind it, one is on its way to the members. */
export const LOAD_IN_FLIGHT = 12_000;

/** The way in which members take transactions. */
export type LoadWay = 'btcfed' | 'cometbft';

/** The task of the client's process: one line of JSON on its standard input. */
export interface LoadPlan {
  readonly way: LoadWay;
  /** Where clients reach the members, `host:port`. */
  readonly addresses: readonly string[];
  readonly amount: LoadAmount;
  readonly transactionBytes: number;
  /** Transactions of one call. */
  readonly batch: number;
  /** Handed in and not yet final, at most, all members together. */
  readonly inFlight: number;
  /** A batch must be final within this. */
  readonly deadlineMs: number;
}

/** Its answer: one line of JSON on its standard output. */
export interface LoadAnswer {
  /** Final on the member that they were handed to. */
  readonly final: number;
  /** Not final in time, or refused. */
  readonly lost: number;
  /** Refusals that passed: the transaction was handed in again. */
  readonly triedAgain: number;
  readonly seconds: number;
  /** Seconds of processor time of this process while it handed in. */
  readonly cpuSeconds: number;
  /** From the call that hands in until final, of one batch after the other. */
  readonly batchMs: readonly number[];
}
