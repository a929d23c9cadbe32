import { type Height, type MemberIndex, toHeight } from '#libs/chain/ids.ts';
import { claimsOf, type EpochRoot, type QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { BlockKeeper } from '../blocks/block-keeper.ts';
import { rangeFault } from '../blocks/range-check.ts';
import type { BlockRange, HeightSpan } from '../ports/block-range.ts';
import type { ClaimVerifier, ClockPort, PeerPort } from '../ports/engine-ports.ts';
import type { HaltHeight } from '../ports/halt-height.ts';
import type { BlocksResponse } from '../ports/peer-message.ts';
import { CatchUpPace, type CatchUpProgress } from './catch-up-pace.ts';
import { type ApplyResult, type GrowingChain, RangeApplier } from './range-applier.ts';
import { endOfRange } from './range-end.ts';
import { BEAT_MS, RANGES_MAX } from './sync-limits.ts';
import { SyncPeers } from './sync-peers.ts';
import { type Flight, type HeldRange, SyncWindow } from './sync-window.ts';

const FALSE_CERTIFICATE = 'commit certificate with a bad signature';

export interface SyncOptions {
  readonly chain: GrowingChain;
  readonly keeper: Pick<BlockKeeper, 'judgeNext' | 'extend'>;
  readonly peers: PeerPort;
  readonly clock: ClockPort;
  /** Blocks above this height are not asked for. */
  readonly haltHeight?: HaltHeight | undefined;
  readonly verifier: ClaimVerifier;
  readonly me: MemberIndex | undefined;
  readonly set: ValidatorSet;
  readonly root: EpochRoot;
  readonly table: VoteTable;
  /** Names a request; never the same twice. */
  readonly newId: () => bigint;
  /** Ranges on the way or waiting at a time; RANGES_MAX when left out. */
  readonly rangesMax?: number;
  readonly onLie: (peer: MemberIndex, fault: string) => void;
  /** The chain cannot go on: this member must not vote. */
  readonly onBroken: (error: unknown) => void;
}

/**
 * Brings a member that was away up to a decision that it has seen proved: ranges of final blocks from several peers
 * at a time, each believed by its commit certificate alone (RULES.md A.45, HS-54). Peers are not even asked for their
 * height. Time is counted in beats while catching up, so a clock that jumps hurts nothing.
 */
export class BlockSync {
  readonly #options: SyncOptions;
  readonly #peers = new SyncPeers();
  readonly #window: SyncWindow;
  readonly #applier: RangeApplier;
  #target: QuorumCertificate | undefined;
  #pace: CatchUpPace | undefined;
  #cancelBeat: (() => void) | undefined;
  #nowMs = 0;

  constructor(options: SyncOptions) {
    this.#options = options;
    this.#window = new SyncWindow(options.rangesMax ?? RANGES_MAX);
    this.#applier = new RangeApplier({
      ...options,
      proofOf: (digest) => (this.#target?.digest === digest ? this.#target : undefined),
    });
  }

  /** The target, and the time that it may take; undefined when up to date. */
  progress(): CatchUpProgress | undefined {
    const target = this.#target?.height;
    const { chain, clock } = this.#options;
    return target && this.#pace?.progress(chain.tip().header.height, target, clock.nowMs());
  }

  /** A verified decision whose block, or the way to it, is not held. */
  seek(target: QuorumCertificate): void {
    const { chain, clock } = this.#options;
    const { height } = chain.tip().header;
    if (target.height <= (this.#target?.height ?? height)) return;
    this.#target = target;
    if (this.#cancelBeat !== undefined) return this.#fill();
    this.#pace = new CatchUpPace(height, clock.nowMs());
    this.#beat();
  }

  /** The chain grew, by this or other means: perhaps there is nothing left to fetch, or the next blocks are here already. */
  reached(height: Height): void {
    if (this.#target === undefined) return;
    if (this.#target.height <= height) this.stop();
    else this.#applyNext();
  }

  /** Takes an answer; answers that nobody asked for are ignored. */
  receive({ requestId, range }: BlocksResponse, from: MemberIndex): void {
    const flight = this.#window.answered(requestId, from);
    if (flight === undefined) return;
    if (flight.to < this.#applier.next) {
      // Another peer was faster: this range costs no verification any more.
      this.#window.verified(flight);
      this.#peers.settled(from);
      return this.#fill();
    }
    if (range === undefined) {
      this.#window.verified(flight);
      this.#peers.failed(from, this.#nowMs, 'empty');
      return this.#fill();
    }
    const fault = rangeFault(range, flight, this.#options);
    if (fault !== undefined) return this.#judged(flight, range, fault);
    this.#options.verifier.verify(claimsOf(range.certificate), (ok, cause) => {
      if (ok || cause === undefined) return this.#judged(flight, range, ok ? undefined : FALSE_CERTIFICATE);
      // Nobody verified the range: that is not the fault of the peer.
      if (!this.#window.verified(flight)) return;
      this.#peers.failed(from, this.#nowMs, 'empty');
      this.#fill();
    });
  }

  stop(): void {
    this.#target = undefined;
    this.#pace = undefined;
    this.#cancelBeat?.();
    this.#cancelBeat = undefined;
    for (const { peer } of this.#window.clear()) this.#peers.settled(peer);
    this.#applier.reset();
  }

  #judged(flight: Flight, range: BlockRange, fault: string | undefined): void {
    if (!this.#window.verified(flight)) return;
    const { peer, from, to } = flight;
    if (fault !== undefined) {
      this.#peers.settled(peer);
      return this.#lied(peer, fault);
    }
    const blocks = range.blocks.length;
    const askedBlocks = Number(to - from) + 1;
    this.#peers.delivered(peer, { askedBlocks, blocks, tookMs: this.#nowMs - flight.askedMs });
    this.#window.hold({ range, peer, from, to: toHeight(from + BigInt(blocks) - 1n) });
    this.#applyNext();
    this.#fill();
  }

  #applyNext(): void {
    if (this.#applier.isBusy) return;
    const held = this.#window.take(this.#applier.next);
    if (held !== undefined) this.#applier.apply(held.range, (result) => this.#applied(held, result));
  }

  #applied({ peer }: HeldRange, result: ApplyResult): void {
    if (this.#target === undefined) return;
    if (result === 'unproved') this.#peers.useless(peer, this.#nowMs);
    // The same heights of another peer may wait behind these: nothing else would take them.
    this.#applyNext();
    if (result === 'false-body') this.#lied(peer, 'transactions of another block');
    else this.#fill();
  }

  #lied(peer: MemberIndex, fault: string): void {
    this.#peers.lied(peer, this.#nowMs);
    this.#options.onLie(peer, fault);
    this.#fill();
  }

  #beat(): void {
    this.#nowMs += BEAT_MS;
    this.#cancelBeat = this.#options.clock.after(BEAT_MS, () => this.#beat());
    for (const { peer } of this.#window.expire(this.#nowMs)) {
      this.#peers.failed(peer, this.#nowMs, 'silent');
    }
    for (const { peer } of this.#window.late(this.#nowMs)) this.#peers.late(peer);
    this.#fill();
  }

  /** Asks free peers for the lowest heights that nobody works on. Heights that all others wait for go first. */
  #fill(): void {
    const target = this.#target;
    if (target === undefined) return;
    const { me, peers, haltHeight } = this.#options;
    const to = haltHeight?.capped(target.height) ?? target.height;
    const others = peers.connected().filter((peer) => peer !== me);
    for (;;) {
      const { next } = this.#applier;
      const gap = this.#window.gap({ from: next, to }, this.#nowMs);
      if (gap === undefined || (this.#window.isFull && gap.from !== next)) return;
      const peer = this.#peers.choose(others, this.#nowMs);
      if (peer === undefined) return;
      this.#ask(peer, gap);
    }
  }

  #ask(peer: MemberIndex, { from, to: last }: HeightSpan): void {
    const end = endOfRange(from, this.#peers.blocksFor(peer));
    const to = end < last ? end : last;
    const id = this.#options.newId();
    this.#peers.asked(peer, this.#nowMs);
    this.#window.ask({ id, peer, from, to, askedMs: this.#nowMs });
    this.#options.peers.send(peer, { kind: 'blocks-request', requestId: id, from, to });
  }
}
