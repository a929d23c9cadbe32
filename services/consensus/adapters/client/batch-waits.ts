import type { Digest } from '#libs/chain/ids.ts';
import { pathOf } from '#libs/grpc/caller.ts';
import type {
  ResponseHeader,
  WaitTransactionsRequest,
  WaitTransactionsResponse,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { FairPlaces } from '#libs/shares/fair-places.ts';
import type { AwaitedPlaces } from './awaited-places.ts';
import { type BatchLimits, demandBatch, inParts } from './batch.ts';
import { BatchWait } from './batch-wait.ts';
import type { ClientCall } from './client-call.ts';
import { ClientError } from './client-errors.ts';
import { type ClientLimits, waitMsOf } from './limits.ts';
import type { ReadTurns } from './read-turns.ts';
import { hashFromRequest } from './reads.ts';
import { tooManyWaiters, waitExpired } from './wait-errors.ts';

type Limits = BatchLimits & Pick<ClientLimits, 'awaitedMax' | 'waitMsMax'>;

interface BatchWaitOptions {
  readonly awaited: AwaitedPlaces;
  readonly header: () => ResponseHeader;
  readonly turns: Pick<ReadTurns, 'take'>;
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
    const hashes = transactionHashes.map(hashFromRequest);
    using wait = this.#begin(hashes.length, call);
    await this.#look(hashes, wait, call);
    for (let left = hashes.length; left > 0; ) {
      const places = wait.take();
      left -= places.length;
      if (places.length > 0) yield { header: header(), places };
      else if (wait.error !== undefined) throw wait.error;
      else await wait.more();
    }
  }

  /** Gives its places up as soon as it has an error, however long its reader takes to hear it. */
  #begin(count: number, call: ClientCall): BatchWait {
    const wait = new BatchWait(count);
    const end = (error: ClientError): void => wait.end(error);
    const expire = (): void => end(waitExpired());
    const timer = setTimeout(expire, waitMsOf(call, this.#options.limits));
    call.signal.addEventListener('abort', expire);
    this.#ends.add(end);
    wait.onEnd(() => {
      clearTimeout(timer);
      call.signal.removeEventListener('abort', expire);
      this.#ends.delete(end);
    });
    if (call.signal.aborted) expire();
    return wait;
  }

  /** Part by part. The transactions of a part are looked up, awaited and counted in one turn, so that no block comes in between. */
  async #look(hashes: readonly Digest[], wait: BatchWait, call: ClientCall): Promise<void> {
    const { awaited, turns, limits } = this.#options;
    await inParts(hashes, { turns, call, limits }, (part, first) => {
      if (wait.error === undefined) this.#enter(wait.look(part, first, awaited), wait, call);
    });
  }

  #enter(weight: number, wait: BatchWait, call: ClientCall): void {
    if (weight === 0) return;
    const giveWay = (): void => wait.end(tooManyWaiters('this call gave its places to a caller with fewer'));
    const release = this.#places.enter({ path: pathOf(call.caller), weight, giveWay });
    if (release !== undefined) return wait.onEnd(release);
    throw tooManyWaiters(`this caller waits for too many transactions here to wait for ${weight} more`);
  }
}
