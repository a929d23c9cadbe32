import type { MemberIndex } from '#libs/chain/ids.ts';
import type { HeldTransactions } from '#libs/chain/named-transactions.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { BodiesRequest } from '../ports/body-messages.ts';
import type { ClockPort, PeerPort } from '../ports/engine-ports.ts';
import { SecondBudget } from '../timing/second-budget.ts';
import { SharedBytes } from '../timing/shared-bytes.ts';
import {
  BODIES_ANSWER_BYTES_MAX,
  BODIES_SERVED_BYTES_MAX,
  BODIES_SERVED_PER_SECOND_MAX,
} from './body-limits.ts';

export interface BodyServerOptions {
  /** The transactions that wait here. */
  readonly held: HeldTransactions;
  readonly peers: Pick<PeerPort, 'send'>;
  readonly clock: ClockPort;
  /** Number of members of the epoch. */
  readonly members: number;
}

/** Gives members the transactions that proposals name: each within a budget of requests, all within one of bytes, and each answer within a bound. */
export class BodyServer {
  readonly #options: BodyServerOptions;
  readonly #requests: SecondBudget;
  readonly #bytes: SharedBytes;

  constructor(options: BodyServerOptions) {
    const { clock, members } = options;
    this.#options = options;
    this.#requests = new SecondBudget(clock, BODIES_SERVED_PER_SECOND_MAX);
    this.#bytes = new SharedBytes(clock, {
      eachMin: Math.min(BODIES_ANSWER_BYTES_MAX, BODIES_SERVED_BYTES_MAX / (2 * members)),
      allMax: BODIES_SERVED_BYTES_MAX,
    });
  }

  /** Says nothing when it holds none: others are asked too. @returns false when the member asks too often or too much. */
  answer({ hashes }: BodiesRequest, from: MemberIndex): boolean {
    const bytesMax = Math.min(BODIES_ANSWER_BYTES_MAX, this.#bytes.roomOf(from));
    if (bytesMax === 0 || !this.#requests.take(from)) return false;
    const { peers, held } = this.#options;
    const transactions: Transaction[] = [];
    let sizeBytes = 0;
    for (const hash of hashes) {
      const transaction = held.transactionOf(hash);
      if (transaction === undefined) continue;
      sizeBytes += transaction.bytes.length;
      if (sizeBytes > bytesMax && transactions.length > 0) {
        sizeBytes -= transaction.bytes.length;
        break;
      }
      transactions.push(transaction);
    }
    this.#bytes.take(from, sizeBytes);
    if (transactions.length > 0) peers.send(from, { kind: 'bodies-response', transactions });
    return true;
  }
}
