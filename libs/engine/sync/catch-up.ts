import type { ApplicationRules } from '#libs/chain/application-rules.ts';
import type { Block } from '#libs/chain/block.ts';
import type { BlockLimits } from '#libs/chain/block-rules.ts';
import type { HeaderRule } from '#libs/chain/header-rules.ts';
import type { Height, MemberIndex } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { MembershipBook } from '../membership/membership-book.ts';
import type { HistoryPort } from '../ports/history-ports.ts';
import type { BlocksResponse, ChunkResponse, SnapshotResponse } from '../ports/peer-message.ts';
import type { SnapshotPort, StagedSnapshot } from '../ports/snapshot-ports.ts';
import { BlockSync, type SyncOptions } from './block-sync.ts';
import { HistoryCheck } from './history-check.ts';
import { type GapFacts, HistoryFill } from './history-fill.ts';
import { type Deciders, HistoryRefetch } from './history-refetch.ts';
import { SnapshotSync } from './snapshot-sync.ts';
import type { SnapshotProgress } from './staged-chunks.ts';

export interface CatchUpOptions extends Omit<SyncOptions, 'newId' | 'rangesMax'> {
  readonly snapshots: SnapshotPort;
  /** Left out: nothing that is final is ever damaged. */
  readonly history?: HistoryPort | undefined;
  readonly decidersOf: (height: Height) => Deciders;
  readonly limits: BlockLimits;
  readonly application: ApplicationRules;
  readonly follows: HeaderRule;
  /** Blocks behind from which on a snapshot is taken; undefined: never. */
  readonly snapshotBlocks: number | undefined;
  /**
   * The facts of the epoch of the blocks below a snapshot: a snapshot is taken within an epoch, and no second one
   * before the first one's history is whole.
   */
  readonly below: () => GapFacts;
  readonly book: Pick<MembershipBook, 'below' | 'filled' | 'mayLeap'>;
  /** Called when the state is that of this snapshot. */
  readonly onSnapshot: (taken: StagedSnapshot) => void;
  /** Final blocks are held now that were not: those below a snapshot, lowest first, or one that was damaged. */
  readonly onFilled: (blocks: readonly Block[]) => void;
}

/** The catch-up part of `status`: of a member that is behind, or that fetches history. */
export interface CatchUpStatus {
  /** The highest proved decision that is not reached yet; undefined when up to date. */
  readonly targetHeight: Height | undefined;
  /** Estimate of the time until it is reached, milliseconds. */
  readonly remainingMs: number | undefined;
  readonly snapshot: SnapshotProgress | undefined;
  /** Estimate of the time until the gap below a snapshot is filled, milliseconds. */
  readonly historyRemainingMs: number | undefined;
}

/**
 * Brings a member that lacks blocks to a decision that is proved: by the blocks, or, when it is far behind, by
 * the state as of that decision, and by the blocks below it afterwards.
 */
export class CatchUp {
  readonly #options: CatchUpOptions;
  readonly #blocks: BlockSync;
  readonly #snapshot: SnapshotSync;
  readonly #history: HistoryFill;
  readonly #refetch: HistoryRefetch | undefined;
  readonly #check: HistoryCheck | undefined;
  #target: QuorumCertificate | undefined;
  /** Called when nobody gave a snapshot: the blocks are fetched, until this process starts again. */
  #hasGivenUp = false;
  #lastId = 0n;

  constructor(options: CatchUpOptions) {
    const newId = (): bigint => {
      this.#lastId += 1n;
      return this.#lastId;
    };
    this.#options = options;
    this.#blocks = new BlockSync({ ...options, newId });
    const isBusy = (): boolean => this.#target !== undefined;
    this.#history = new HistoryFill({ ...options, newId, isBusy });
    const { history } = options;
    this.#refetch = history && new HistoryRefetch({ ...options, history, newId, isBusy });
    this.#check = history && new HistoryCheck({ ...options, history, isBusy });
    this.#snapshot = new SnapshotSync({
      ...options,
      newId,
      mayTake: (snapshot) => options.book.mayLeap(snapshot),
      onTaken: (taken) => this.#taken(taken),
      onGivenUp: () => {
        this.#hasGivenUp = true;
        if (this.#target !== undefined) this.#blocks.seek(this.#target);
      },
    });
  }

  start(): void {
    this.#history.start();
    this.#refetch?.start();
    this.#check?.start();
  }

  stop(): void {
    this.#target = undefined;
    this.#blocks.stop();
    this.#snapshot.stop();
    this.#history.stop();
    this.#refetch?.stop();
    this.#check?.stop();
  }

  /** A verified decision whose block, or the way to it, is not held. */
  seek(target: QuorumCertificate): void {
    if (this.#target !== undefined && this.#target.height >= target.height) return;
    this.#target = target;
    if (this.#snapshot.isRunning) return;
    if (this.#wantsSnapshot(target.height)) this.#snapshot.start(target);
    else this.#blocks.seek(target);
  }

  /** The chain grew, by this or other means: perhaps there is nothing left to fetch. */
  reached(height: Height): void {
    if (this.#target !== undefined && this.#target.height <= height) {
      this.#target = undefined;
      this.#snapshot.stop();
    }
    this.#blocks.reached(height);
  }

  receive(body: BlocksResponse | SnapshotResponse | ChunkResponse, from: MemberIndex): void {
    switch (body.kind) {
      case 'blocks-response':
        // Each of them handles only answers to its own requests.
        this.#blocks.receive(body, from);
        this.#refetch?.receive(body, from);
        return this.#history.receive(body, from);
      case 'snapshot-response':
        return this.#snapshot.receiveOutline(body, from);
      case 'chunk-response':
        return this.#snapshot.receiveChunk(body, from);
    }
  }

  status(): CatchUpStatus {
    const snapshot = this.#snapshot.progress();
    return {
      targetHeight: this.#target?.height,
      remainingMs: snapshot?.remainingMs ?? this.#blocks.progress()?.remainingMs,
      snapshot,
      historyRemainingMs: this.#history.progress()?.remainingMs,
    };
  }

  /**
   * Whether to take a snapshot. A snapshot that was begun goes on, unless the chain has passed it; a second one
   * waits until the gap of the first is filled.
   */
  #wantsSnapshot(target: Height): boolean {
    const { snapshots, snapshotBlocks, chain } = this.#options;
    const { height } = chain.tip().header;
    const staged = snapshots.staged();
    if (staged !== undefined && staged.block.header.height <= height) snapshots.unstage();
    else if (staged !== undefined) return !this.#hasGivenUp;
    if (snapshotBlocks === undefined || this.#hasGivenUp || snapshots.history() !== undefined) return false;
    return target >= height + BigInt(snapshotBlocks);
  }

  #taken(taken: StagedSnapshot): void {
    this.#options.onSnapshot(taken);
    this.#history.start();
    const target = this.#target; // Perhaps a newer one by now.
    if (target !== undefined && target.height > this.#options.chain.tip().header.height)
      this.#blocks.seek(target);
    else this.#target = undefined;
  }
}
