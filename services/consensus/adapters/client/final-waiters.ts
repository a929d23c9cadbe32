import type { Digest } from '#libs/chain/ids.ts';
import { pathOf } from '#libs/grpc/caller.ts';
import { FairPlaces } from '#libs/shares/fair-places.ts';
import type { TransactionPosition } from '../../core/ports.ts';
import type { AwaitedPlaces } from './awaited-places.ts';
import type { ClientCall } from './client-call.ts';
import { ClientError } from './client-errors.ts';
import { type ClientLimits, waitMsOf } from './limits.ts';
import { tooManyWaiters, waitExpired } from './wait-errors.ts';

type Limits = Pick<ClientLimits, 'waitersMax' | 'waitMsMax'>;

/** Calls that wait until a transaction is final, whether it was seen yet or not. Nobody polls. */
export class FinalWaiters {
  readonly #awaited: AwaitedPlaces;
  readonly #limits: Limits;
  readonly #waiting = new Set<(error: ClientError) => void>();
  readonly #places: FairPlaces;

  constructor(awaited: AwaitedPlaces, limits: Limits) {
    this.#awaited = awaited;
    this.#limits = limits;
    this.#places = new FairPlaces(limits.waitersMax);
  }

  /** Ends all waits: their callers ask another member, or this one later. */
  stop(): void {
    const stopping = new ClientError('this member stops', { code: 'CONSENSUS_STOPPING' });
    for (const fail of [...this.#waiting]) fail(stopping);
  }

  /**
   * The position of the transaction in the chain, as soon as it is final.
   * @throws ClientError `CONSENSUS_WAIT_EXPIRED` at the deadline, `CONSENSUS_TOO_MANY_WAITERS` at once.
   */
  async wait(hash: Digest, call: ClientCall): Promise<TransactionPosition> {
    const place = this.#awaited.placeOf(hash);
    if (place !== undefined) return place;
    const giveWay = (): void => fail?.(tooManyWaiters('this call gave its place to a caller with fewer'));
    const release = this.#places.enter({ path: pathOf(call.caller), giveWay });
    if (release === undefined) throw tooManyWaiters('too many calls of this caller wait here');
    let fail: ((error: ClientError) => void) | undefined;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        call.signal.removeEventListener('abort', expire);
        release();
        forget();
        this.#waiting.delete(failed);
      };
      const failed = (error: ClientError): void => {
        leave();
        reject(error);
      };
      fail = failed;
      const expire = (): void => failed(waitExpired());
      const timer = setTimeout(expire, waitMsOf(call, this.#limits));
      const forget = this.#awaited.add(hash, (position) => {
        leave();
        resolve(position);
      });
      this.#waiting.add(failed);
      call.signal.addEventListener('abort', expire);
      if (call.signal.aborted) expire();
    });
  }
}
