import type { Block } from '#libs/chain/block.ts';
import { type Height, toHeight } from '#libs/chain/ids.ts';
import { pathOf } from '#libs/grpc/caller.ts';
import type { WatchRequest, WatchResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { FairPlaces } from '#libs/shares/fair-places.ts';
import type { ClientPorts } from '../../core/ports.ts';
import { responseHeader, watchBlockToApi } from '../wire/wire-api.ts';
import type { ClientCall } from './client-call.ts';
import { ClientError, invalidRequest, watchGaveWay, watchTooSlow } from './client-errors.ts';
import type { ClientLimits } from './limits.ts';
import { Pause } from './pause.ts';
import type { ReadTurns } from './read-turns.ts';
import { notHeld } from './reads.ts';

const U64_MAX = 2n ** 64n - 1n;

interface OpenWatch {
  readonly call: ClientCall;
  readonly pause: Pause;
  readonly progressMs: number;
  /** Whether this watch gave its place to the watch of a caller with fewer. */
  readonly gaveWay: () => boolean;
  /** Gives up the place of this watch; may be called more than once. */
  readonly release: () => void;
}

/**
 * Streams of final blocks (services/consensus/README.md "Watch"): `created` first, then each height once and without gaps,
 * then progress while nothing happens. A watch owns a height and nothing else: blocks are read from the store
 * when the reader is ready for one, so a reader that is far behind costs as much memory as one that is not.
 */
export class Watches {
  readonly #ports: ClientPorts;
  readonly #limits: ClientLimits;
  readonly #open = new Set<Pause>();
  readonly #places: FairPlaces;
  readonly #turns: ReadTurns;
  #stopping = false;

  constructor(ports: ClientPorts, limits: ClientLimits, turns: ReadTurns) {
    this.#ports = ports;
    this.#limits = limits;
    this.#turns = turns;
    this.#places = new FairPlaces(limits.watchesMax);
  }

  /** Ends all watches; their readers resume elsewhere. */
  stop(): void {
    this.#stopping = true;
    for (const pause of this.#open) pause.end();
  }

  /** Ends when the caller is gone. @throws ClientError */
  async *watch(request: WatchRequest, call: ClientCall): AsyncGenerator<WatchResponse, void, void> {
    const { signal, caller } = call;
    const progressMs = this.#progressMs(request);
    const pause = new Pause();
    const end = (): void => pause.end();
    let gaveWay = false;
    const leave = this.#places.enter({
      path: pathOf(caller),
      giveWay: () => {
        gaveWay = true;
        end();
      },
    });
    if (leave === undefined) throw tooManyWatches();
    const stopListening = this.#ports.final.listen({ executed: () => pause.wake() });
    this.#open.add(pause);
    signal.addEventListener('abort', end);
    if (signal.aborted || this.#stopping) end();
    const release = (): void => {
      stopListening();
      leave();
      this.#open.delete(pause);
      signal.removeEventListener('abort', end);
    };
    try {
      yield* this.#messages(request, { call, pause, progressMs, release, gaveWay: () => gaveWay });
      if (this.#stopping) throw new ClientError('this member stops', { code: 'CONSENSUS_STOPPING' });
    } finally {
      release();
    }
  }

  async *#messages(
    request: WatchRequest,
    { call, pause, progressMs, release, gaveWay }: OpenWatch,
  ): AsyncGenerator<WatchResponse, void, void> {
    const { chain } = this.#ports;
    let next = request.startHeight === 0n ? chain.tip().height + 1n : request.startHeight;
    let progressAtMs = performance.now();
    yield* this.#handOver({ $case: 'created', value: { startHeight: next } }, next, release);
    while (!pause.ended) {
      while (next <= chain.tip().height && !pause.ended) {
        const height = toHeight(next);
        const value = await this.#turns.take(call, () =>
          watchBlockToApi(this.#blockAt(height), request.includeTransactions),
        );
        next += 1n;
        yield* this.#handOver({ $case: 'block', value }, next, release);
      }
      if (performance.now() >= progressAtMs) {
        progressAtMs = performance.now() + progressMs;
        const height = lower(next - 1n, chain.tip().height);
        yield* this.#handOver({ $case: 'progress', value: { height } }, next, release);
        continue; // Blocks may have come while the reader took the message.
      }
      await pause.wait(progressAtMs - performance.now());
    }
    if (gaveWay()) throw watchGaveWay(next);
  }

  /**
   * Hands one message over. A reader that takes too long loses its place at once, so that it costs nothing
   * more; it learns why, and where to resume, when it reads again.
   */
  async *#handOver(
    body: NonNullable<WatchResponse['body']>,
    resumeHeight: bigint,
    release: () => void,
  ): AsyncGenerator<WatchResponse, void, void> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      release();
    }, this.#limits.watchReaderMsMax);
    timer.unref(); // A process that stops does not wait for its readers.
    try {
      yield { header: responseHeader(this.#ports), body };
    } finally {
      clearTimeout(timer);
    }
    if (isLate) throw watchTooSlow(resumeHeight);
  }

  #blockAt(height: Height): Block {
    const block = this.#ports.chain.blockAt(height);
    if (block !== undefined) return block;
    throw notHeld(this.#ports.chain, height);
  }

  #progressMs({ progressIntervalS, startHeight }: WatchRequest): number {
    if (startHeight === U64_MAX) throw invalidRequest('start_height', 'is above every height');
    if (progressIntervalS > this.#limits.progressSecondsMax) {
      throw invalidRequest('progress_interval_s', `is above ${this.#limits.progressSecondsMax}`);
    }
    return progressIntervalS === 0 ? this.#limits.progressMsDefault : progressIntervalS * 1_000;
  }
}

function lower(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function tooManyWatches(): ClientError {
  return new ClientError('too many watches of this caller stand here: end one, or ask another member', {
    code: 'CONSENSUS_TOO_MANY_WATCHES',
  });
}
