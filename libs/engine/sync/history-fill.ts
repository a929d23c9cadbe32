import { assert } from '#libs/assert/assert.ts';
import type { ApplicationRules } from '#libs/chain/application-rules.ts';
import type { Block } from '#libs/chain/block.ts';
import type { BlockLimits, BlockWithFrontier } from '#libs/chain/block-rules.ts';
import type { HeaderRule } from '#libs/chain/header-rules.ts';
import type { Digest } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { type JudgedBlock, type Judgement, judgeUpon } from '../blocks/block-judge.ts';
import type { MembershipBook } from '../membership/membership-book.ts';
import type { SnapshotPort } from '../ports/snapshot-ports.ts';
import { BlockSync, type SyncOptions } from './block-sync.ts';
import type { CatchUpProgress } from './catch-up-pace.ts';
import { HISTORY_PAUSE_MS } from './snapshot-limits.ts';

export interface HistoryOptions extends Omit<SyncOptions, 'chain' | 'keeper' | 'rangesMax'> {
  readonly snapshots: SnapshotPort;
  readonly limits: BlockLimits;
  readonly application: ApplicationRules;
  readonly follows: HeaderRule;
  readonly book: Pick<MembershipBook, 'below' | 'filled'>;
  /** These are held now, lowest first. */
  readonly onFilled: (blocks: readonly Block[]) => void;
  /** Whether the member has more urgent work. */
  readonly isBusy: () => boolean;
}

/** One range at a time: others wait for history less than this member for its turn to vote. */
const RANGES_AT_ONCE = 1;

/**
 * Fetches the blocks below a snapshot, from the lowest that is missing upwards, in the background. They are judged like
 * any others, each range with its certificate, until they meet the block of the snapshot.
 */
export class HistoryFill {
  readonly #options: HistoryOptions;
  readonly #sync: BlockSync;
  #cancel: (() => void) | undefined;

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#sync = new BlockSync({
      ...options,
      rangesMax: RANGES_AT_ONCE,
      chain: { tip: () => this.#history().tip },
      keeper: {
        judgeNext: (block, upon, isJudged) => this.#judge(block, upon, isJudged),
        extend: (branch, certificate) => this.#extend(branch, certificate),
      },
      onBroken: (error) => {
        this.stop();
        options.onBroken(error);
      },
    });
  }

  /** Estimate of the way to the snapshot; undefined when nothing is fetched at the moment. */
  progress(): CatchUpProgress | undefined {
    return this.#options.snapshots.history() && this.#sync.progress();
  }

  get sync(): Pick<BlockSync, 'receive'> {
    return this.#sync;
  }

  /** Goes on as long as there is a gap. */
  start(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const history = this.#options.snapshots.history();
    if (history === undefined) return this.#sync.stop();
    this.#cancel = this.#options.clock.after(HISTORY_PAUSE_MS, () => this.start());
    if (this.#options.isBusy()) this.#sync.stop();
    else this.#sync.seek(history.base);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#sync.stop();
  }

  #judge(block: Block, upon: JudgedBlock | undefined, isJudged: (hash: Digest) => boolean): Judgement {
    const { snapshots, limits, application, book, follows } = this.#options;
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
