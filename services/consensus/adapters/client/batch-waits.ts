import type { Digest } from '#libs/chain/ids.ts';
import { pathOf } from '#libs/grpc/caller.ts';
import type {
  ResponseHeader,
  WaitTransactionsRequest,
  WaitTransactionsResponse,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { FairPlaces } from '#libs/shares/fair-places.ts';
import type { AwaitedPlaces } from './awaited-places.ts';
import { demandBatch } from './batch.ts';
import { BatchWait } from './batch-wait.ts';
import type { ClientCall } from './client-call.ts';
import { ClientError } from './client-errors.ts';
import { type ClientLimits, waitMsOf } from './limits.ts';
import { hashFromRequest } from './reads.ts';
import { tooManyWaiters, waitExpired } from './wait-errors.ts';

type Limits = Pick<ClientLimits, 'awaitedMax' | 'batchMax' | 'waitMsMax'>;

interface BatchWaitOptions {
  readonly awaited: AwaitedPlaces;
  readonly header: () => ResponseHeader;
  readonly limits: Limits;
}

/** Calls that wait for many transactions. Each answer has all that became final since the one before; nobody polls. */
export class BatchWaits {
  readonly #options: BatchWaitOptions;
  readonly #places: FairPlaces;
  readonly #ends = new Set<(error: ClientError) => void>();

  constructor(options: BatchWaitOptions) {
    this.#options = options;
    this.#places = new FairPlaces(options.limits.awaitedMax);
  }

  /** Ends all waits: their callers ask another member, or this one later. */
  stop(): void {
    const stopping = new ClientError('this member stops', { code: 'CONSENSUS_STOPPING' });
    for (const end of [...this.#ends]) end(stopping);
  }

  /**
   * Ends after the last is final.
   * @throws ClientError `CONSENSUS_WAIT_EXPIRED` at the deadline, when all that are final were told; `CONSENSUS_TOO_MANY_WAITERS`.
   */
  async *wait(
    { transactionHashes }: WaitTransactionsRequest,
    call: ClientCall,
  ): AsyncGenerator<WaitTransactionsResponse, void, void> {
    const { limits, header } = this.#options;
    demandBatch('transaction_hashes', transactionHashes.length, limits);
    using wait = this.#begin(transactionHashes.map(hashFromRequest), call);
    for (let left = transactionHashes.length; left > 0; ) {
      const places = wait.take();
      left -= places.length;
      if (places.length > 0) yield { header: header(), places };
      else if (wait.error !== undefined) throw wait.error;
      else await wait.more();
    }
  }

  /** Gives its places up as soon as it has an error, however long its reader takes to hear it. */
  #begin(hashes: readonly Digest[], call: ClientCall): BatchWait {
    const { awaited, limits } = this.#options;
    const wait = new BatchWait();
    const end = (error: ClientError): void => wait.end(error);
    const weight = wait.look(hashes, awaited);
    if (weight === 0) return wait;
    const giveWay = (): void => end(tooManyWaiters('this call gave its places to a caller with fewer'));
    const release = this.#places.enter({ path: pathOf(call.caller), weight, giveWay });
    if (release === undefined) {
      wait[Symbol.dispose]();
      throw tooManyWaiters(`this caller waits for too many transactions here to wait for ${weight} more`);
    }
    const expire = (): void => end(waitExpired());
    const timer = setTimeout(expire, waitMsOf(call, limits));
    call.signal.addEventListener('abort', expire);
    this.#ends.add(end);
    wait.onEnd(() => {
      clearTimeout(timer);
      call.signal.removeEventListener('abort', expire);
      this.#ends.delete(end);
      release();
    });
    if (call.signal.aborted) expire();
    return wait;
  }
}
