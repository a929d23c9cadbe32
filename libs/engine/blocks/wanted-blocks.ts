import type { Digest, Height, MemberIndex } from '#libs/chain/ids.ts';
import type { ClockPort, PeerPort } from '../ports/engine-ports.ts';
import { WAITERS_PER_BLOCK_MAX, WANTED_ANSWER_MS, WANTED_BLOCKS_MAX } from './block-limits.ts';

interface Wanted {
  readonly height: Height;
  readonly waiters: (() => void)[];
  /** The members to ask next. */
  source: MemberIndex;
}

/**
 * Blocks that someone waits for, by digest. Asks the member that spoke of a block first, then the others in
 * turn, until it arrives or the chain has passed it. Bounded: the oldest wish gives way.
 */
export class WantedBlocks {
  readonly #peers: PeerPort;
  readonly #clock: ClockPort;
  readonly #wanted = new Map<Digest, Wanted>();
  #cancelRetry: (() => void) | undefined;

  constructor(peers: PeerPort, clock: ClockPort) {
    this.#peers = peers;
    this.#clock = clock;
  }

  has(digest: Digest): boolean {
    return this.#wanted.has(digest);
  }

  /** Calls `ready` once the block is held. `ask` is false for a block too far ahead to ask for by digest. */
  wait(digest: Digest, height: Height, from: MemberIndex, ask: boolean, ready: () => void): void {
    const known = this.#wanted.get(digest);
    if (known !== undefined) {
      if (known.waiters.length < WAITERS_PER_BLOCK_MAX) known.waiters.push(ready);
      return;
    }
    for (const oldest of this.#wanted.keys()) {
      if (this.#wanted.size < WANTED_BLOCKS_MAX) break;
      this.#wanted.delete(oldest);
    }
    this.#wanted.set(digest, { height, waiters: [ready], source: from });
    if (ask) this.#peers.send(from, { kind: 'block-request', digest });
    this.#scheduleRetry();
  }

  /** The block is held now: the callers that waited for it go on. */
  arrived(digest: Digest): void {
    const wanted = this.#wanted.get(digest);
    this.#wanted.delete(digest);
    for (const ready of wanted?.waiters ?? []) ready();
  }

  /** Forgets blocks that the final chain has passed. */
  prune(finalHeight: Height): void {
    for (const [digest, { height }] of this.#wanted) if (height <= finalHeight) this.#wanted.delete(digest);
  }

  stop(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#wanted.clear();
  }

  #scheduleRetry(): void {
    this.#cancelRetry ??= this.#clock.after(WANTED_ANSWER_MS, () => {
      this.#cancelRetry = undefined;
      for (const [digest, wanted] of this.#wanted) this.#askNext(digest, wanted);
      if (this.#wanted.size > 0) this.#scheduleRetry();
    });
  }

  #askNext(digest: Digest, wanted: Wanted): void {
    const peers = this.#peers.connected();
    const next = peers.find((peer) => peer > wanted.source) ?? peers[0];
    if (next === undefined) return;
    wanted.source = next;
    this.#peers.send(next, { kind: 'block-request', digest });
  }
}
