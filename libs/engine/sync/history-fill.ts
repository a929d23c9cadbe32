import { assert } from '#libs/assert/assert.ts';
import type { ApplicationRules } from '#libs/chain/application-rules.ts';
import type { Block } from '#libs/chain/block.ts';
import type { BlockLimits, BlockWithFrontier } from '#libs/chain/block-rules.ts';
import type { HeaderRule } from '#libs/chain/header-rules.ts';
import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { type JudgedBlock, type Judgement, judgeUpon } from '../blocks/block-judge.ts';
import type { MembershipBook } from '../membership/membership-book.ts';
import type { BlocksResponse } from '../ports/peer-message.ts';
import type { SnapshotPort } from '../ports/snapshot-ports.ts';
import { BlockSync, type SyncOptions } from './block-sync.ts';
import type { CatchUpProgress } from './catch-up-pace.ts';
import type { Deciders } from './history-refetch.ts';
import { HISTORY_PAUSE_MS } from './snapshot-limits.ts';

/** The members that decided the blocks of a gap, and the rule of their headers: a gap is within one epoch. */
export type GapFacts = Deciders & { readonly follows: HeaderRule };

export interface HistoryOptions extends Omit<SyncOptions, 'chain' | 'keeper' | 'rangesMax' | keyof Deciders> {
  readonly snapshots: SnapshotPort;
  readonly limits: BlockLimits;
  readonly application: ApplicationRules;
  /** Those of the gap that there is now. */
  readonly below: () => GapFacts;
  readonly book: Pick<MembershipBook, 'below' | 'filled'>;
  /** These are held now, lowest first. */
  readonly onFilled: (blocks: readonly Block[]) => void;
  /** Whether the member has more urgent work. */
  readonly isBusy: () => boolean;
}

/** A gap that is being filled. */
interface Gap {
  readonly base: Digest;
  readonly sync: BlockSync;
}

/** The circumstances in which a block of a gap is judged. */
interface Judging {
  /** The block before it, where that was judged and is not held yet. */
  readonly upon: JudgedBlock | undefined;
  readonly isJudged: (hash: Digest) => boolean;
  readonly follows: HeaderRule;
}

/** One range at a time: others wait for history less than this member for its turn to vote. */
const RANGES_AT_ONCE = 1;

/**
 * Fetches the blocks below a snapshot, from the lowest that is missing upwards, in the background. They are judged like
 * any others, each range with its certificate, until they meet the block of the snapshot.
 */
export class HistoryFill {
  readonly #options: HistoryOptions;
  #gap: Gap | undefined;
  #cancel: (() => void) | undefined;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** Estimate of the way to the snapshot; undefined when nothing is fetched at the moment. */
  progress(): CatchUpProgress | undefined {
    return this.#options.snapshots.history() && this.#gap?.sync.progress();
  }

  /** Takes an answer, and ignores those that nobody asked for. */
  receive(response: BlocksResponse, from: MemberIndex): void {
    this.#gap?.sync.receive(response, from);
  }

  /** Goes on as long as there is a gap. */
  start(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const history = this.#options.snapshots.history();
    if (history === undefined) return this.#gap?.sync.stop();
    this.#cancel = this.#options.clock.after(HISTORY_PAUSE_MS, () => this.start());
    if (this.#options.isBusy()) this.#gap?.sync.stop();
    else this.#syncOf(history.base.digest).seek(history.base);
  }

  /** A later gap may be of a later epoch, whose members and protocol are others. */
  #syncOf(base: Digest): BlockSync {
    if (this.#gap?.base !== base) {
      this.#gap?.sync.stop();
      this.#gap = { base, sync: this.#newSync(this.#options.below()) };
    }
    return this.#gap.sync;
  }

  #newSync({ follows, ...deciders }: GapFacts): BlockSync {
    return new BlockSync({
      ...this.#options,
      ...deciders,
      rangesMax: RANGES_AT_ONCE,
      chain: { tip: () => this.#history().tip },
      keeper: {
        judgeNext: (block, upon, isJudged) => this.#judge(block, { upon, isJudged, follows }),
        extend: (branch, certificate) => this.#extend(branch, certificate),
      },
      onBroken: (error) => {
        this.stop();
        this.#options.onBroken(error);
      },
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#gap?.sync.stop();
  }

  #judge(block: Block, { upon, isJudged, follows }: Judging): Judgement {
    const { snapshots, limits, application, book } = this.#options;
    const { header, digest } = upon?.block ?? this.#history().tip;
    const frontier = upon?.frontier ?? snapshots.historyFrontier();
    const before = upon?.membership ?? book.below;
    assert(frontier !== undefined && before !== undefined, 'the state below a gap is held');
    return judgeUpon(block, before, {
      parent: { header, digest },
      frontier,
      limits,
      application,
      follows,
      // Transactions that only the snapshot brought do not count as known: they are those of these blocks.
      isEarlier: (hash) => isJudged(hash) || snapshots.isRecorded(hash),
    });
  }

  #extend(branch: readonly BlockWithFrontier[], certificate: QuorumCertificate): void {
    const { snapshots, book, onFilled } = this.#options;
    const blocks = branch.map(({ block }) => block);
    snapshots.fill(branch, certificate);
    book.filled(blocks);
    onFilled(blocks);
    if (snapshots.history() === undefined) this.stop();
  }

  #history() {
    const history = this.#options.snapshots.history();
    assert(history !== undefined, 'there is a gap');
    return history;
  }
}
