import type { Block } from '#libs/chain/block.ts';
import type { Digest } from '#libs/chain/ids.ts';
import type { FinalFeed } from '#libs/engine/ports/final-channel.ts';
import { pathOf } from '#libs/grpc/caller.ts';
import { FairPlaces } from '#libs/shares/fair-places.ts';
import type { FinalChain, TransactionPosition } from '../../core/ports.ts';
import type { ClientCall } from './client-call.ts';
import { ClientError } from './client-errors.ts';
import type { ClientLimits } from './limits.ts';

type Settle = (outcome: TransactionPosition | ClientError) => void;

/** The chain, and the channel on which it tells of final blocks. */
export interface WaitedFor {
  readonly chain: Pick<FinalChain, 'positionOf'>;
  readonly final: FinalFeed;
}

/** Calls that wait until a transaction is final, whether it was seen yet or not. Nobody polls. */
export class FinalWaiters {
  readonly #chain: Pick<FinalChain, 'positionOf'>;
  readonly #final: FinalFeed;
  readonly #limits: Pick<ClientLimits, 'waitersMax' | 'waitMsMax'>;
  readonly #waiting = new Map<Digest, Set<Settle>>();
  readonly #places: FairPlaces;
  #stopListening: (() => void) | undefined;

  constructor({ chain, final }: WaitedFor, limits: Pick<ClientLimits, 'waitersMax' | 'waitMsMax'>) {
    this.#chain = chain;
    this.#final = final;
    this.#limits = limits;
    this.#places = new FairPlaces(limits.waitersMax);
  }

  start(): void {
    this.#stopListening = this.#final.listen({ executed: (block) => this.#tell(block) });
  }

  /** Ends all waits: their callers ask another member, or this one later. */
  stop(): void {
    this.#stopListening?.();
    const stopping = new ClientError('this member stops', { code: 'CONSENSUS_STOPPING' });
    for (const settle of [...this.#waiting.values()].flatMap((each) => [...each])) settle(stopping);
  }

  /**
   * The position of the transaction in the chain, as soon as it is final.
   * @throws ClientError `CONSENSUS_WAIT_EXPIRED` at the deadline, `CONSENSUS_TOO_MANY_WAITERS` at once.
   */
  async wait(hash: Digest, call: ClientCall): Promise<TransactionPosition> {
    const position = this.#chain.positionOf(hash);
    if (position !== undefined) return position;
    const release = this.#places.enter({
      path: pathOf(call.caller),
      giveWay: () => settle?.(tooManyWaiters('this call gave its place to a caller with fewer')),
    });
    if (release === undefined) throw tooManyWaiters('too many calls of this caller wait here');
    let settle: Settle | undefined;
    // No turn of the event loop lies between the look-up and this: no block can be missed in between.
    return new Promise((resolve, reject) => {
      const settled: Settle = (outcome) => {
        clearTimeout(timer);
        call.signal.removeEventListener('abort', expire);
        release();
        this.#remove(hash, settled);
        if (outcome instanceof ClientError) reject(outcome);
        else resolve(outcome);
      };
      settle = settled;
      const expire = (): void => settled(expired());
      const timer = setTimeout(expire, this.#waitMs(call));
      this.#add(hash, settled);
      call.signal.addEventListener('abort', expire);
      if (call.signal.aborted) expire();
    });
  }

  #waitMs({ deadline }: ClientCall): number {
    const leftMs = deadline === undefined ? this.#limits.waitMsMax : deadline.getTime() - Date.now();
    return Math.max(0, Math.min(leftMs, this.#limits.waitMsMax));
  }

  #tell({ header, transactions }: Block): void {
    if (this.#waiting.size === 0) return;
    for (const [index, { hash }] of transactions.entries()) {
      const waiting = this.#waiting.get(hash);
      for (const settle of [...(waiting ?? [])]) settle({ height: header.height, index });
    }
  }

  #add(hash: Digest, settle: Settle): void {
    const waiting = this.#waiting.get(hash);
    if (waiting === undefined) this.#waiting.set(hash, new Set([settle]));
    else waiting.add(settle);
  }

  #remove(hash: Digest, settle: Settle): void {
    const waiting = this.#waiting.get(hash);
    if (waiting?.delete(settle) !== true) return;
    if (waiting.size === 0) this.#waiting.delete(hash);
  }
}

function tooManyWaiters(why: string): ClientError {
  return new ClientError(`${why}: come back later, or ask another member`, {
    code: 'CONSENSUS_TOO_MANY_WAITERS',
  });
}

function expired(): ClientError {
  return new ClientError('not final before the deadline of the call', { code: 'CONSENSUS_WAIT_EXPIRED' });
}
