import { equalBytes } from '#libs/bytes/bytes.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { appendedTo, type StateAfter } from './appended.ts';
import { type Block, type BlockHeader, headerDigest, sealBlock } from './block.ts';
import type { Frontier } from './frontier.ts';
import type { HeaderExtension } from './header-extensions.ts';
import { type HeaderRule, type Parent, positionFault } from './header-rules.ts';
import { type Digest, type Epoch, type MemberIndex, toDigest, toHeight, type View } from './ids.ts';
import { leafHash, merkleRoot } from './merkle.ts';
import type { RepeatRule } from './repeats.ts';
import type { RootPlace } from './root-place.ts';
import type { SectionRoot } from './section-roots.ts';
import { frontierStateRoot } from './state-sections.ts';
import { isUnknown } from './system-transactions.ts';
import { type Transaction, transactionFault } from './transaction.ts';

/** Bounds of a block, from the genesis: every member judges by the same numbers. */
export interface BlockLimits {
  readonly transactionsMax: number;
  /** Sum of the transactions of a block. */
  readonly bytesMax: number;
  readonly transactionBytesMax: number;
}

/** The state that a block stands on, and the way from there to the state after it. */
interface StateBefore {
  /** State tree up to and with the parent. */
  readonly frontier: Frontier;
  /** Roots of the other sections of the state after the block; none when left out. */
  readonly others?: readonly SectionRoot[];
  /** The rule of the application; that of a log when left out. */
  readonly stateAfter?: StateAfter;
  /** Of the application; `same-block` when left out. */
  readonly root?: RootPlace;
}

export interface BlockPlan extends StateBefore {
  readonly parent: Parent;
  readonly view: View;
  readonly epoch: Epoch;
  readonly proposer: MemberIndex;
  readonly nowMs: bigint;
  readonly transactions: readonly Transaction[];
  /** None when left out. */
  readonly extensions?: readonly HeaderExtension[];
}

/** A transaction that a block must begin with. */
export interface Opener {
  readonly transaction: Transaction;
  /** The fault of a block that does not have it in its place. */
  readonly missing: string;
}

export interface BlockContext extends StateBefore {
  readonly parent: Parent;
  readonly limits: BlockLimits;
  /** Epoch of the members that decide the block after the parent. */
  readonly epoch: Epoch;
  /** The block begins with these, in order, and they count for no limit; none when left out. */
  readonly openers?: readonly Opener[];
  readonly repeats: RepeatRule;
  /** Of the protocol that decides the block. */
  readonly follows: HeaderRule;
}

/** A block with the state tree up to and with it. */
export interface BlockWithFrontier {
  readonly block: Block;
  readonly frontier: Frontier;
}

/** The state tree of a valid block, or the fault of an invalid one. */
export type BlockJudgement =
  | { readonly ok: true; readonly frontier: Frontier }
  | { readonly ok: false; readonly fault: string };

/** Makes the block that extends `parent`. Whether its transactions may stand in it is the caller's care. */
export function buildBlock(plan: BlockPlan): BlockWithFrontier {
  const { parent, view, epoch, proposer, nowMs, transactions } = plan;
  const frontier = stateUpon(plan, transactions);
  const header: BlockHeader = {
    height: toHeight(parent.header.height + 1n),
    epoch,
    view,
    proposer,
    timestampMs: nowMs,
    parent: parent.digest,
    payloadRoot: payloadRootOf(transactions),
    stateRoot: stateRootIn(plan, frontier),
    transactionCount: transactions.length,
    extensions: plan.extensions ?? [],
  };
  return { block: sealBlock(header, transactions), frontier };
}

/**
 * Whether a block may follow its parent: everything that needs no signature and no clock. Cheap checks first, hashing
 * last. The timestamp decides nothing (RULES.md A.46). The meaning of the transactions is judged elsewhere.
 */
export function judgeBlock(block: Block, context: BlockContext): BlockJudgement {
  const fault =
    digestFault(block) ??
    positionFault(block.header, context) ??
    sizeFault(block, context) ??
    namespaceFault(block) ??
    context.repeats.faultOf(block.transactions);
  if (fault !== undefined) return { ok: false, fault };
  const { payloadRoot, stateRoot } = block.header;
  if (payloadRoot !== payloadRootOf(block.transactions)) return { ok: false, fault: 'wrong payload root' };
  const frontier = stateUpon(context, block.transactions);
  if (stateRoot !== stateRootIn(context, frontier)) return { ok: false, fault: 'wrong state root' };
  return { ok: true, frontier };
}

/** The fault of a block, or undefined. */
export function blockFault(block: Block, context: BlockContext): string | undefined {
  const judgement = judgeBlock(block, context);
  return judgement.ok ? undefined : judgement.fault;
}

/**
 * A block is held and voted for by its digest, so it must be the block that the digest names, even if somebody else
 * computed the digest.
 */
function digestFault({ header, digest }: Block): string | undefined {
  return headerDigest(header) === digest ? undefined : 'digest of another header';
}

function sizeFault(
  { header, transactions }: Block,
  { limits, openers = [] }: BlockContext,
): string | undefined {
  if (header.transactionCount !== transactions.length) return 'wrong transaction count';
  const unopened = openers.find(({ transaction }, at) => !isSame(transactions[at], transaction));
  if (unopened !== undefined) return unopened.missing;
  const counted = transactions.slice(openers.length);
  if (counted.length > limits.transactionsMax) return 'too many transactions';
  let bytes = 0;
  for (const transaction of counted) {
    const fault = transactionFault(transaction, limits.transactionBytesMax);
    if (fault !== undefined) return `${fault} transaction`;
    bytes += transaction.bytes.length;
  }
  return bytes > limits.bytesMax ? 'too many bytes' : undefined;
}

function isSame(one: Transaction | undefined, other: Transaction): boolean {
  return one !== undefined && equalBytes(one.bytes, other.bytes);
}

/** Bytes that a later version may give a meaning: a block of today holds none of them, or versions would read it differently. */
function namespaceFault({ transactions }: Block): string | undefined {
  return transactions.some(isUnknown) ? 'reserved transaction that nobody knows' : undefined;
}

/** The state tree up to and with a block of these transactions, and the other sections of its state. */
function stateUpon(
  { frontier, others = [], stateAfter = appendedTo }: StateBefore,
  transactions: readonly Transaction[],
): Frontier {
  const { size, peaks } = stateAfter(frontier, transactions);
  return others.length === 0 ? { size, peaks } : { size, peaks, others };
}

/** The root in the header of a block: of the state after it, or of the one that it stands on. */
function stateRootIn({ frontier: before, root = 'same-block' }: StateBefore, after: Frontier): Digest {
  return frontierStateRoot(root === 'same-block' ? after : before);
}

/** The payload root of a block with these transactions. */
export function payloadRootOf(transactions: readonly Transaction[]): Digest {
  return toDigest(toHex(merkleRoot(payloadLeaves(transactions))));
}

/** The leaves of the tree under the payload root. */
export function payloadLeaves(transactions: readonly Transaction[]): readonly Uint8Array[] {
  return transactions.map(({ bytes }) => leafHash(bytes));
}
