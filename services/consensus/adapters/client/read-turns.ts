import { pathOf } from '#libs/grpc/caller.ts';
import { FairPlaces, type Release } from '#libs/shares/fair-places.ts';
import type { ClientCall } from './client-call.ts';
import { ClientError } from './client-errors.ts';
import type { ClientLimits } from './limits.ts';

const STOPPING = new ClientError('this member stops', { code: 'CONSENSUS_STOPPING' });

interface Waiting {
  readonly run: () => void;
  readonly end: (reason: ClientError) => void;
  readonly leave: Release;
}

type ReadLimits = Pick<ClientLimits, 'readsMax' | 'readSliceMs'>;

/**
 * Turns in which clients' reads of the chain are done. A request of a hundred bytes may have a block of megabytes read and hashed,
 * and a thousand come in one packet: done at once they would keep the votes of this member waiting for half a minute. So after a
 * slice of reads as much time is left to all else, and the callers take turns.
 */
export class ReadTurns {
  readonly #limits: ReadLimits;
  readonly #places: FairPlaces;
  /** The waiting reads of each owner, oldest first. The owner whose turn is next is first. */
  readonly #lines = new Map<string, Set<Waiting>>();
  /** Time used in this slice. */
  #usedMs = 0;
  #turn: NodeJS.Immediate | undefined;
  /** The pause between slices; nothing is read until it fires. */
  #rest: NodeJS.Timeout | undefined;

  constructor(limits: ReadLimits) {
    this.#limits = limits;
    this.#places = new FairPlaces(limits.readsMax);
  }

  /** Ends all waits: waiting callers ask another member, or this one later. */
  stop(): void {
    clearImmediate(this.#turn);
    clearTimeout(this.#rest);
    for (const each of [...this.#lines.values()].flatMap((line) => [...line])) each.end(STOPPING);
    this.#lines.clear();
  }

  /**
   * Does the work when its turn comes.
   * @param weight - The places that it takes while it waits, by the size of its request.
   * @throws ClientError `CONSENSUS_TOO_MANY_READS`, and every error of the work.
   */
  async take<Found>(
    { caller, signal }: Pick<ClientCall, 'caller' | 'signal'>,
    work: () => Found,
    weight = 1,
  ): Promise<Found> {
    if (this.#rest === undefined && this.#lines.size === 0) return this.#timed(work);
    const { promise, resolve, reject } = Promise.withResolvers<Found>();
    const leave = this.#places.enter({
      path: pathOf(caller),
      weight,
      giveWay: () => {
        this.#forget(caller.owner, waiting);
        reject(tooManyReads('this one gave its place to a caller with fewer'));
      },
    });
    if (leave === undefined) throw tooManyReads('too many of this caller wait');
    const waiting: Waiting = {
      leave,
      end: reject,
      run: () => {
        // Nobody waits for the answer to a call that is gone.
        if (signal.aborted) return reject(tooManyReads('the caller is gone'));
        try {
          resolve(this.#timed(work));
        } catch (error) {
          reject(error);
        }
      },
    };
    const line = this.#lines.get(caller.owner) ?? new Set<Waiting>();
    this.#lines.set(caller.owner, line.add(waiting));
    return promise;
  }

  #timed<Found>(work: () => Found): Found {
    const beganMs = performance.now();
    try {
      return work();
    } finally {
      this.#usedMs += performance.now() - beganMs;
      if (this.#usedMs >= this.#limits.readSliceMs)
        this.#rest ??= setTimeout(() => this.#rested(), this.#usedMs);
      this.#turn ??= setImmediate(() => this.#turned());
    }
  }

  #rested(): void {
    this.#rest = undefined;
    this.#goOn();
  }

  #turned(): void {
    this.#turn = undefined;
    if (this.#rest === undefined) this.#goOn();
  }

  /** A new slice. */
  #goOn(): void {
    this.#usedMs = 0;
    for (const [owner, line] of this.#lines) {
      if (this.#rest !== undefined) return;
      const [first] = line;
      this.#lines.delete(owner);
      if (first === undefined) continue;
      line.delete(first);
      if (line.size > 0) this.#lines.set(owner, line);
      first.leave();
      first.run();
    }
  }

  #forget(owner: string, waiting: Waiting): void {
    const line = this.#lines.get(owner);
    if (line?.delete(waiting) === true && line.size === 0) this.#lines.delete(owner);
  }
}

function tooManyReads(why: string): ClientError {
  return new ClientError(`too many reads wait here, ${why}: come back later, or ask another member`, {
    code: 'CONSENSUS_TOO_MANY_READS',
  });
}
