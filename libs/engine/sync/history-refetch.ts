import type { Block } from '#libs/chain/block.ts';
import type { Height, MemberIndex } from '#libs/chain/ids.ts';
import { claimsOf, type EpochRoot } from '#libs/protocol/certificate.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { isBodyOf, rangeFault } from '../blocks/range-check.ts';
import type { BlockRange } from '../ports/block-range.ts';
import type { ClaimVerifier, ClockPort, PeerPort } from '../ports/engine-ports.ts';
import type { HistoryPort } from '../ports/history-ports.ts';
import type { BlocksResponse } from '../ports/peer-message.ts';
import { REFETCH_MS_MAX, REFETCH_MS_MIN } from './history-limits.ts';

/** The members that decided a block, and the verifier of their signatures. */
export interface Deciders {
  readonly set: ValidatorSet;
  readonly root: EpochRoot;
  readonly table: VoteTable;
  readonly verifier: ClaimVerifier;
}

export interface RefetchOptions {
  readonly history: HistoryPort;
  readonly peers: PeerPort;
  readonly clock: ClockPort;
  readonly me: MemberIndex | undefined;
  readonly newId: () => bigint;
  readonly decidersOf: (height: Height) => Deciders;
  /** Whether the member has more urgent work. */
  readonly isBusy: () => boolean;
  readonly onLie: (peer: MemberIndex, fault: string) => void;
  /** A block is held again. */
  readonly onFilled: (blocks: readonly Block[]) => void;
  readonly onBroken: (error: unknown) => void;
}

interface Flight {
  readonly id: bigint;
  readonly height: Height;
  readonly peer: MemberIndex;
}

/**
 * Fetches final blocks again whose bytes on the disk are damaged: one at a time, from one member after the
 * other. The commit certificate alone decides whether a block is believed. Nothing waits for it.
 */
export class HistoryRefetch {
  readonly #options: RefetchOptions;
  #flight: Flight | undefined;
  #cancel: (() => void) | undefined;
  #stopListening: (() => void) | undefined;
  /** Attempts in a row that brought nothing. */
  #failures = 0;
  /** The member that gave the last block is asked first: the members before it may be as silent again. */
  #first = 0;

  constructor(options: RefetchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopListening ??= this.#options.history.onDamaged(() => this.#soon());
    this.#soon();
  }

  stop(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#flight = undefined;
  }

  /** Takes an answer; answers that nobody asked for are ignored. */
  receive({ requestId, range }: BlocksResponse, from: MemberIndex): void {
    const flight = this.#flight;
    if (flight === undefined || flight.id !== requestId || flight.peer !== from) return;
    this.#flight = undefined;
    // The peer has no such block either: the next one is asked in turn.
    if (range === undefined) return;
    const { verifier, ...deciders } = this.#options.decidersOf(flight.height);
    const fault = this.#fault(range, flight.height, deciders);
    if (fault !== undefined) return this.#options.onLie(from, fault);
    verifier.verify(claimsOf(range.certificate), (ok, cause) => {
      if (ok) return this.#restore(range, from);
      // A cause means that nobody verified the certificate: that is not the fault of the peer.
      if (cause === undefined) this.#options.onLie(from, 'commit certificate with a bad signature');
    });
  }

  #fault(
    range: BlockRange,
    height: Height,
    deciders: Pick<Deciders, 'set' | 'root' | 'table'>,
  ): string | undefined {
    const fault = rangeFault(range, { from: height, to: height }, deciders);
    if (fault !== undefined) return fault;
    return range.blocks.every(isBodyOf) ? undefined : 'transactions of another block';
  }

  #restore({ blocks: [block], certificate, descendants }: BlockRange, from: MemberIndex): void {
    if (block === undefined || this.#stopListening === undefined) return;
    try {
      const own = descendants.length === 0 ? certificate : undefined;
      if (!this.#options.history.restore(block, own)) return;
    } catch (error) {
      return this.#options.onBroken(error);
    }
    this.#failures = 0;
    this.#first = Math.max(0, this.#others().indexOf(from));
    this.#cancel?.();
    this.#cancel = undefined;
    this.#soon();
    this.#options.onFilled([block]);
  }

  /** Asks later: a damaged block is not asked for within the read that found the damage. */
  #soon(): void {
    this.#cancel ??= this.#options.clock.after(0, () => this.#next());
  }

  #next(): void {
    this.#cancel = undefined;
    this.#flight = undefined;
    const damaged = this.#options.history.damaged();
    if (damaged.length === 0) return;
    const pauseMs = Math.min(REFETCH_MS_MIN * 2 ** this.#failures, REFETCH_MS_MAX);
    this.#cancel = this.#options.clock.after(pauseMs, () => this.#next());
    if (!this.#options.isBusy()) this.#ask(damaged);
  }

  #ask(damaged: readonly Height[]): void {
    const { peers, newId } = this.#options;
    const others = this.#others();
    const peer = others[(this.#first + this.#failures) % others.length];
    // The lowest first, because the state after a block is made from that before it; another when that one does not
    // come.
    const height = damaged[Math.floor(this.#failures / others.length) % damaged.length];
    if (peer === undefined || height === undefined) return;
    this.#failures += 1;
    const id = newId();
    this.#flight = { id, height, peer };
    peers.send(peer, { kind: 'blocks-request', requestId: id, from: height, to: height });
  }

  #others(): readonly MemberIndex[] {
    const { peers, me } = this.#options;
    return peers.connected().filter((peer) => peer !== me);
  }
}
