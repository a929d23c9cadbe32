import type { MempoolClient } from './pooled-transaction.ts';

/** The circumstances of a submission: the trace of its lines in the logs, its client, and the receiver of the result. */
export interface Submission {
  readonly traceId?: string | undefined;
  /** The client whose share of the mempool the transaction counts to. */
  readonly client?: MempoolClient | undefined;
  /** Called once: at once, but for a vote whose signature has to be verified, or an application that takes its time. */
  readonly answer?: (result: TransactionAnswer) => void;
}

/** The parts of a node that answer whether a transaction may wait for a block, in the order in which they are asked. */
export type Codespace = TransactionAnswer['codespace'];

interface Answer<Space extends string, Code extends string> {
  readonly codespace: Space;
  /** A stable name within its codespace. */
  readonly code: Code;
  /** A sentence for the client; empty when the transaction is taken in. */
  readonly log: string;
}

/** The rules of the mempool; `known` waits already. */
export type MempoolAnswer =
  | Answer<'mempool', 'added' | 'known' | 'final' | 'reserved' | 'full' | 'ended'>
  | (Answer<'mempool', 'empty' | 'too-large'> & { readonly sizeBytes: number });

/** The rules for votes for changes of the members; `reason` is the part of `log` that tells one refusal from another. */
export type VoteAnswer =
  | MempoolAnswer
  | Answer<'membership', 'busy'>
  | (Answer<'membership', 'refused'> & { readonly reason: string });

/** The application; its codes are its own, but for `ok` and `failed`, and clients are told them. */
export type ApplicationAnswer = Answer<'application', string>;

/** The answer to a transaction that is to wait for a block: one of all sources, from the mempool to the client. */
export type TransactionAnswer = MempoolAnswer | VoteAnswer | ApplicationAnswer;

export const ADDED: MempoolAnswer = { codespace: 'mempool', code: 'added', log: '' };
export const KNOWN: MempoolAnswer = { codespace: 'mempool', code: 'known', log: '' };
export const FINAL: MempoolAnswer = { codespace: 'mempool', code: 'final', log: '' };

export const FULL: MempoolAnswer = {
  codespace: 'mempool',
  code: 'full',
  log: 'mempool full, or the share of this caller in it: try again when some are final',
};

/** The engine that would spread and propose it has ended: that of the next epoch takes it, or this node stops. */
export const ENDED: MempoolAnswer = {
  codespace: 'mempool',
  code: 'ended',
  log: 'this member stops and takes no more transactions: submit to another',
};

/** It is of the system, and not for clients to submit (libs/chain/system-transactions.ts). */
export const RESERVED: MempoolAnswer = {
  codespace: 'mempool',
  code: 'reserved',
  log: 'a transaction must not begin with "btcfed/", unless it is a vote for a change of the members',
};

/**
 * The limit of votes that wait for verification is reached, or a vote of this client for the same member and change
 * waits.
 */
export const TOO_MANY_VOTES: VoteAnswer = {
  codespace: 'membership',
  code: 'busy',
  log: 'too many votes for changes of the membership wait here to be verified, of this caller or of all: try again in a second',
};

/** The application has nothing against it. */
export const OK: ApplicationAnswer = { codespace: 'application', code: 'ok', log: '' };

/** The application threw where it was to judge a transaction. */
export const FAILED: ApplicationAnswer = {
  codespace: 'application',
  code: 'failed',
  log: 'the application of this member could not judge the transaction: submit to another member',
};

/** A transaction of a size that the genesis does not allow. */
export function wrongSize(fault: 'empty' | 'too-large', sizeBytes: number): MempoolAnswer {
  const log =
    fault === 'empty'
      ? 'a transaction has at least one byte'
      : `transaction above the limit of the genesis, transaction_bytes_max: it has ${sizeBytes} bytes`;
  return { codespace: 'mempool', code: fault, log, sizeBytes };
}

/** A vote for a change of the membership that can stand in no block. */
export function voteRefused(reason: string): VoteAnswer {
  const log = `this vote for a change of the membership can stand in no block: ${reason}`;
  return { codespace: 'membership', code: 'refused', log, reason };
}
