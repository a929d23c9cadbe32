import type { MemberIndex } from '#libs/chain/ids.ts';
import { CERTIFICATE_RULE } from '#libs/chain/kept-certificates.ts';
import { RANGE_BLOCKS_MAX } from '../ports/range-limits.ts';
import { atLeastOne, powerOfTwoUpTo } from './range-sizes.ts';
import {
  GROWTH_DELIVERIES,
  LIE_PAUSE_MS,
  LIE_PAUSE_MS_MAX,
  PATIENCE_MS,
  REQUEST_SPACING_MS,
  REQUESTS_PER_PEER_MAX,
  SILENCE_PAUSE_MS,
  SILENCE_PAUSE_MS_MAX,
} from './sync-limits.ts';

interface Standing {
  /** Requests without an answer so far. */
  requests: number;
  /** Keeps us waiting at the moment. */
  isLate: boolean;
  /** Blocks that this peer is asked for at a time: a power of two. */
  blocks: number;
  /** Deliveries in a row that were whole and in time. */
  inTime: number;
  askedMs: number;
  /** The peer is not asked before this time. */
  freeMs: number;
  failures: number;
  lies: number;
}

/** The result of one request. */
export interface Delivery {
  readonly askedBlocks: number;
  readonly blocks: number;
  readonly tookMs: number;
}

/**
 * The results of each peer, and the order in which peers are asked. A slow peer is asked for less, a silent one
 * rests, a lying one rests for long; none is shut out for ever, because it may be the only one left that is honest
 * again.
 */
export class SyncPeers {
  readonly #standings = new Map<MemberIndex, Standing>();

  /** The peer to ask now; undefined when all are busy or resting. */
  choose(connected: readonly MemberIndex[], nowMs: number): MemberIndex | undefined {
    const free = connected.filter((peer) => {
      const { requests, isLate, freeMs } = this.#of(peer);
      return requests < REQUESTS_PER_PEER_MAX && !isLate && freeMs <= nowMs;
    });
    const rank = (peer: MemberIndex) => {
      const { requests, blocks, askedMs } = this.#of(peer);
      return [requests, -blocks, askedMs, peer] as const;
    };
    return free.sort((a, b) => compare(rank(a), rank(b)))[0];
  }

  blocksFor(peer: MemberIndex): number {
    return this.#of(peer).blocks;
  }

  asked(peer: MemberIndex, nowMs: number): void {
    const standing = this.#of(peer);
    standing.requests += 1;
    standing.askedMs = nowMs;
    standing.freeMs = nowMs + REQUEST_SPACING_MS;
  }

  late(peer: MemberIndex): void {
    this.#of(peer).isLate = true;
  }

  /** Notes valid blocks from a peer. */
  delivered(peer: MemberIndex, { askedBlocks, blocks, tookMs }: Delivery): void {
    const standing = this.#answered(peer);
    standing.failures = 0;
    if (tookMs >= PATIENCE_MS || blocks < askedBlocks) standing.inTime = 0;
    // A range that was cut short says nothing of what the peer could send.
    else if (askedBlocks >= Math.min(standing.blocks, CERTIFICATE_RULE.every)) standing.inTime += 1;
    if (tookMs >= PATIENCE_MS) standing.blocks = atLeastOne(standing.blocks / 2);
    else if (blocks < askedBlocks) standing.blocks = powerOfTwoUpTo(blocks);
    if (standing.inTime < GROWTH_DELIVERIES) return;
    standing.inTime = 0;
    standing.blocks = Math.min(standing.blocks * 2, RANGE_BLOCKS_MAX);
  }

  /** An answer without blocks, or none: it rests, for longer each time. */
  failed(peer: MemberIndex, nowMs: number, cause: 'silent' | 'empty'): void {
    const standing = this.#answered(peer);
    if (cause === 'silent') standing.blocks = atLeastOne(standing.blocks / 4);
    this.useless(peer, nowMs);
  }

  /** The answer of this peer did not help: others come first for a while. */
  useless(peer: MemberIndex, nowMs: number): void {
    const standing = this.#of(peer);
    standing.freeMs = nowMs + pause(SILENCE_PAUSE_MS, SILENCE_PAUSE_MS_MAX, standing.failures);
    standing.failures += 1;
  }

  lied(peer: MemberIndex, nowMs: number): void {
    const standing = this.#of(peer);
    standing.freeMs = nowMs + pause(LIE_PAUSE_MS, LIE_PAUSE_MS_MAX, standing.lies);
    standing.lies += 1;
  }

  /** Notes that a request is over, with any result. */
  settled(peer: MemberIndex): void {
    this.#answered(peer);
  }

  #answered(peer: MemberIndex): Standing {
    const standing = this.#of(peer);
    standing.requests = Math.max(0, standing.requests - 1);
    standing.isLate = false;
    return standing;
  }

  #of(peer: MemberIndex): Standing {
    const known = this.#standings.get(peer);
    if (known !== undefined) return known;
    const fresh: Standing = {
      requests: 0,
      isLate: false,
      blocks: RANGE_BLOCKS_MAX,
      inTime: 0,
      askedMs: 0,
      freeMs: 0,
      failures: 0,
      lies: 0,
    };
    this.#standings.set(peer, fresh);
    return fresh;
  }
}

function pause(baseMs: number, maxMs: number, times: number): number {
  return Math.min(baseMs * 2 ** times, maxMs);
}

/** Compares lists of equal length by their first difference. */
function compare(a: readonly number[], b: readonly number[]): number {
  return a.map((value, index) => value - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
