import type { Block } from '#libs/chain/block.ts';
import { type MemberIndex, toHeight } from '#libs/chain/ids.ts';
import { RangeSize } from '../blocks/range-check.ts';
import type { BlockRange, HeightSpan } from '../ports/block-range.ts';
import type { ChainPort, ClockPort, PeerPort } from '../ports/engine-ports.ts';
import type { BlockRequest, BlocksRequest } from '../ports/peer-message.ts';
import { RANGE_BLOCKS_MAX, RANGE_BYTES_MAX, RANGE_DESCENDANTS_MAX } from '../ports/range-limits.ts';
import { RANGES_SERVED_PER_SECOND_MAX } from './sync-limits.ts';

const SECOND_MS = 1_000;

/** Cost of a single small block in the budget of a member, in ranges; a larger one costs its part of the bytes of a range. */
const BLOCK_COST_MIN = 0.25;

/** Answers members that ask for blocks, each within a budget. */
export class BlockServer {
  readonly #chain: ChainPort;
  readonly #peers: PeerPort;
  readonly #clock: ClockPort;
  readonly #budgets = new Map<MemberIndex, { second: number; used: number }>();

  constructor(chain: ChainPort, peers: PeerPort, clock: ClockPort) {
    this.#chain = chain;
    this.#peers = peers;
    this.#clock = clock;
  }

  /** @returns false when the member asks too often; nothing is sent then. */
  answer(request: BlocksRequest | BlockRequest, from: MemberIndex): boolean {
    if (request.kind === 'block-request') return this.#answerBlock(request, from);
    if (!this.#isWithinBudget(from, 1)) return false;
    const { requestId } = request;
    this.#peers.send(from, { kind: 'blocks-response', requestId, range: this.#range(request) });
    return true;
  }

  /** The least that it may cost is taken before the block is looked for, and the rest once its size is known. */
  #answerBlock({ digest }: BlockRequest, from: MemberIndex): boolean {
    if (!this.#isWithinBudget(from, BLOCK_COST_MIN)) return false;
    const block = this.#chain.blockOf(digest);
    if (block === undefined) return true;
    this.#isWithinBudget(from, Math.max(0, costOf(block) - BLOCK_COST_MIN));
    this.#peers.send(from, { kind: 'block-response', block });
    return true;
  }

  /** A range of as many blocks as fit and one certificate proves; undefined when this member holds none of them. */
  #range({ from, to }: HeightSpan): BlockRange | undefined {
    const blocks = this.#blocks({ from, to });
    const last = blocks.at(-1)?.header.height;
    if (last === undefined) return undefined;
    const certificate = this.#chain.certificateWithin({ from, to: last });
    if (certificate !== undefined) {
      return { blocks: blocks.slice(0, Number(certificate.height - from) + 1), certificate, descendants: [] };
    }
    // Decided together with others that do not fit: headers lead to the certificate.
    const proof = this.#chain.certifiedBlock(last);
    if (proof === undefined || proof.descendants.length > RANGE_DESCENDANTS_MAX) return undefined;
    return { blocks, certificate: proof.certificate, descendants: proof.descendants };
  }

  #blocks({ from, to }: HeightSpan): readonly Block[] {
    const blocks: Block[] = [];
    const size = new RangeSize();
    for (let height: bigint = from; height <= to && blocks.length < RANGE_BLOCKS_MAX; height += 1n) {
      const block = this.#chain.blockAt(toHeight(height));
      if (block === undefined) break;
      // One certificate proves blocks of one epoch, whose last block always has its own.
      if (blocks.length > 0 && block.header.epoch !== blocks[0]?.header.epoch) break;
      const isWithin = size.fits([block]);
      // The first block is sent at any size: a final block fits a message.
      if (isWithin || blocks.length === 0) blocks.push(block);
      if (!isWithin) break;
    }
    return blocks;
  }

  /** Takes the cost out of the budget of this second, whether or not that was enough. */
  #isWithinBudget(member: MemberIndex, cost: number): boolean {
    const second = Math.floor(this.#clock.nowMs() / SECOND_MS);
    const budget = this.#budgets.get(member);
    if (budget === undefined || budget.second !== second) {
      this.#budgets.set(member, { second, used: cost });
      return true;
    }
    budget.used += cost;
    return budget.used <= RANGES_SERVED_PER_SECOND_MAX;
  }
}

function costOf({ transactions }: Block): number {
  return transactions.reduce((sum, { bytes }) => sum + bytes.length, 0) / RANGE_BYTES_MAX;
}
