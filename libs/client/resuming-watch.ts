import { setTimeout as sleep } from 'node:timers/promises';
import type { WatchBlock, WatchResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { type ClientBlock, type WatchedBlock, watchedBlockFrom } from './answers.ts';
import { Backoff, type BackoffLimits } from './backoff.ts';
import { FederationClientError, invalidAnswer } from './errors.ts';

/** How long a broken watch is tried again, and how often. */
export interface ResumePolicy extends BackoffLimits {
  /** A watch that brought nothing for so long is given up, ms. */
  readonly silenceMsMax: number;
}

export const RESUME_POLICY: ResumePolicy = {
  backoffMsMin: 100,
  backoffMsMax: 10_000,
  // A member restarts within seconds and an operator within minutes.
  silenceMsMax: 10 * 60_000,
};

export interface ResumingWatch {
  /** Opens one stream of `Watch` from a height on. */
  open(startHeight: bigint): AsyncIterable<WatchResponse>;
  /** A whole block, where it had no room in a message. */
  block(height: bigint): Promise<ClientBlock>;
  /** Whether an error of a stream is worth another try. */
  mayResume(error: unknown): boolean;
  readonly startHeight: bigint;
  /** Ends the watch without an error. */
  readonly signal: AbortSignal;
  readonly policy: ResumePolicy;
}

/**
 * Every final block from a height on, once and without gaps, over as many streams as it takes. A stream that
 * breaks is opened again at the next height; blocks must link to each other, over a break as well, so that
 * a member that lost or changed its past is noticed.
 * @throws FederationClientError, or the error of a stream that is not worth another try.
 */
export async function* resumingWatch(watch: ResumingWatch): AsyncGenerator<WatchedBlock, void, void> {
  const cursor = new Cursor(watch.startHeight);
  const patience = new Patience(watch.policy);
  while (!watch.signal.aborted) {
    yield* oneStream(watch, cursor, patience);
    if (patience.isOver()) throw lost(cursor.next);
    await patience.pause(watch.signal);
  }
}

/** The blocks of one stream, until it ends, or breaks in a way that is worth another try. */
async function* oneStream(
  { open, block, mayResume, signal }: ResumingWatch,
  cursor: Cursor,
  patience: Patience,
): AsyncGenerator<WatchedBlock, void, void> {
  try {
    for await (const { body } of open(cursor.next)) {
      if (signal.aborted) return;
      // A watch that stands for a moment, and gives its place to another, has brought nothing.
      patience.heard(body?.$case === 'block');
      if (body?.$case === 'created') cursor.start(body.value.startHeight);
      if (body?.$case === 'block') yield cursor.accept(await watchedBlock(body.value, block));
    }
  } catch (error) {
    const ours = error instanceof FederationClientError;
    if (!signal.aborted && (ours || !mayResume(error))) throw error;
  }
}

/** The watched block with all of its transactions, as its header counts them. */
async function watchedBlock(answer: WatchBlock, block: ResumingWatch['block']): Promise<WatchedBlock> {
  const watched = watchedBlockFrom(answer);
  if (answer.nextTransaction === 0) return watched;
  const whole = await block(watched.header.height);
  if (whole.digest !== watched.digest) throw invalidAnswer(`two blocks of height ${watched.header.height}`);
  return { ...watched, transactions: whole.transactions };
}

/** How long to wait before the next try, and when to stop trying. */
class Patience {
  readonly #policy: ResumePolicy;
  readonly #backoff: Backoff;
  #heardAtMs = performance.now();

  constructor(policy: ResumePolicy) {
    this.#policy = policy;
    this.#backoff = new Backoff(policy);
  }

  heard(isBlock: boolean): void {
    this.#heardAtMs = performance.now();
    if (isBlock) this.#backoff.reset();
  }

  isOver(): boolean {
    return performance.now() - this.#heardAtMs > this.#policy.silenceMsMax;
  }

  async pause(signal: AbortSignal): Promise<void> {
    // Rejects only when `signal` fires, which ends the loop of the caller.
    await sleep(this.#backoff.nextMs(), undefined, { signal }).catch(() => {});
  }
}

/** The next height, and the block before it. */
class Cursor {
  #next: bigint;
  #last: WatchedBlock | undefined;

  constructor(startHeight: bigint) {
    this.#next = startHeight;
  }

  /** 0 until the first stream says where "from now on" is. */
  get next(): bigint {
    return this.#next;
  }

  start(height: bigint): void {
    if (this.#next === 0n) this.#next = height;
    if (height !== this.#next) throw invalidAnswer(`watch starts at ${height} instead of ${this.#next}`);
  }

  accept(block: WatchedBlock): WatchedBlock {
    const { height, parent } = block.header;
    if (height !== this.#next) throw invalidAnswer(`height ${height} instead of ${this.#next}`);
    if (this.#last !== undefined && parent !== this.#last.digest) {
      throw invalidAnswer(`block ${height} does not extend the one before it`);
    }
    this.#last = block;
    this.#next = height + 1n;
    return block;
  }
}

function lost(resumeHeight: bigint): FederationClientError {
  return new FederationClientError('the watch brought nothing for too long: ask another member', {
    code: 'CLIENT_WATCH_LOST',
    resumeHeight,
  });
}
