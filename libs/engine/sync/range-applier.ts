import type { Block } from '#libs/chain/block.ts';
import { type Digest, type Height, toHeight } from '#libs/chain/ids.ts';

import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { JudgedBlock } from '../blocks/block-judge.ts';
import type { BlockKeeper } from '../blocks/block-keeper.ts';
import { isBodyOf } from '../blocks/range-check.ts';
import type { BlockRange } from '../ports/block-range.ts';
import { ChainError } from '../ports/chain-errors.ts';
import type { ChainTip, ClockPort } from '../ports/engine-ports.ts';
import { BLOCK_WORK, OPEN_BLOCKS_MAX, OPEN_BYTES_MAX, SLICE_WORK_MAX } from './sync-limits.ts';

/** `false-body`: transactions that are not those of their header, which is proved. `unproved`: no certificate for too long. */
export type ApplyResult = 'applied' | 'false-body' | 'unproved';

/** A chain that grows from its tip. */
export interface GrowingChain {
  tip(): Pick<ChainTip, 'header' | 'digest'>;
}

interface ApplierOptions {
  readonly chain: GrowingChain;
  readonly keeper: Pick<BlockKeeper, 'judgeNext' | 'extend'>;
  /** The verified certificate of this very block, when this member holds it already. */
  readonly proofOf: (digest: Digest) => QuorumCertificate | undefined;
  readonly clock: ClockPort;
  /** The chain cannot go on: a fork, a state that a quorum saw otherwise, or a broken disk. */
  readonly onBroken: (error: unknown) => void;
}

/**
 * Makes proved ranges final, in order. Blocks are judged in slices, a turn of the event loop each, and held in memory
 * until the certificate of the last one: then they enter the chain together, in one transaction. So the chain never
 * holds a block without its proof.
 */
export class RangeApplier {
  readonly #options: ApplierOptions;
  #judged: JudgedBlock[] = [];
  #judgedBytes = 0;
  readonly #known = new Set<Digest>();
  #todo: readonly Block[] = [];
  #done: ((result: ApplyResult) => void) | undefined;
  #cancel: (() => void) | undefined;

  constructor(options: ApplierOptions) {
    this.#options = options;
  }

  get isBusy(): boolean {
    return this.#done !== undefined;
  }

  /** The first height that is neither final, nor judged, nor on its way there. */
  get next(): Height {
    const newest = this.#todo.at(-1) ?? this.#judged.at(-1)?.block;
    const { height } = this.#options.chain.tip().header;
    const reached = newest === undefined || newest.header.height < height ? height : newest.header.height;
    return toHeight(reached + 1n);
  }

  /** A range whose certificate is verified, and that holds height `next`. */
  apply(range: BlockRange, done: (result: ApplyResult) => void): void {
    const { next } = this;
    this.#todo = range.blocks.filter(({ header }) => header.height >= next);
    this.#done = done;
    this.#soon(() => this.#judgeSome(range));
  }

  reset(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#done = undefined;
    this.#todo = [];
    this.#forget();
  }

  #judgeSome(range: BlockRange): void {
    this.#dropFinal();
    let work = 0;
    let count = 0;
    for (const block of this.#todo) {
      if (work >= SLICE_WORK_MAX) break;
      if (!this.#judge(block, range)) return this.#end('false-body');
      work += BLOCK_WORK + block.transactions.length;
      count += 1;
    }
    this.#todo = this.#todo.slice(count);
    if (this.#todo.length > 0) return this.#soon(() => this.#judgeSome(range));
    const proof = this.#proofOf(range);
    if (proof !== undefined) return this.#soon(() => this.#close(proof));
    const isTooLong = this.#judged.length > OPEN_BLOCKS_MAX || this.#judgedBytes > OPEN_BYTES_MAX;
    this.#end(isTooLong ? 'unproved' : 'applied');
  }

  /** @returns false for a body that is not that of its header. @throws ChainError when a proved block is not valid here. */
  #judge(block: Block, { certificate }: BlockRange): boolean {
    const { chain, keeper } = this.#options;
    const upon = this.#judged.at(-1)?.block ?? chain.tip();
    const { height, parent } = block.header;
    if (parent !== upon.digest) throw forked(height, upon.digest, certificate.digest);
    const judgement = keeper.judgeNext(block, this.#judged.at(-1), (hash) => this.#known.has(hash));
    if (!judgement.ok) {
      if (!isBodyOf(block)) return false;
      throw diverged(height, judgement.fault);
    }
    const { frontier, membership } = judgement;
    this.#judged.push({ block, frontier, membership });
    for (const { hash, bytes } of block.transactions) {
      this.#known.add(hash);
      this.#judgedBytes += bytes.length;
    }
    return true;
  }

  /** The certificate of the last block, if it has one of its own. */
  #proofOf({ descendants, certificate }: BlockRange): QuorumCertificate | undefined {
    const last = this.#judged.at(-1)?.block.digest;
    return descendants.length === 0 ? certificate : last && this.#options.proofOf(last);
  }

  #close(certificate: QuorumCertificate): void {
    this.#dropFinal();
    const judged = this.#judged;
    this.#forget();
    if (judged.length > 0) this.#options.keeper.extend(judged, certificate);
    this.#end('applied');
  }

  /** Drops blocks that became final in another way meanwhile: they need no proof. */
  #dropFinal(): void {
    const { height } = this.#options.chain.tip().header;
    const isOpen = (block: Block) => block.header.height > height;
    this.#judged = this.#judged.filter(({ block }) => isOpen(block));
    this.#todo = this.#todo.filter(isOpen);
  }

  #end(result: ApplyResult): void {
    const done = this.#done;
    this.#todo = [];
    this.#done = undefined;
    if (result !== 'applied') this.#forget();
    done?.(result);
  }

  #forget(): void {
    this.#judged = [];
    this.#judgedBytes = 0;
    this.#known.clear();
  }

  #soon(work: () => void): void {
    this.#cancel = this.#options.clock.after(0, () => {
      try {
        work();
      } catch (error) {
        this.reset();
        this.#options.onBroken(error);
      }
    });
  }
}

function forked(height: Height, final: Digest, certified: Digest): ChainError {
  return new ChainError(
    `a commit certificate contradicts the final block below height ${height}: more than a third of the weight lied. ` +
      'This member stops; keep chain.db, and compare its blocks with those of the other members',
    { code: 'CHAIN_FORK', height, final, certified },
  );
}

function diverged(height: Height, fault: string): ChainError {
  return new ChainError(
    `block ${height} was committed by a quorum, and is not valid here (${fault}): this member stops. ` +
      'Check its disk and that all members run the same version; keep chain.db',
    { code: 'CHAIN_DIVERGED', height },
  );
}
