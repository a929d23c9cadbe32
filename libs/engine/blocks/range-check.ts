import { type Block, headerDigest } from '#libs/chain/block.ts';
import { payloadRootOf } from '#libs/chain/block-rules.ts';
import type { Digest, Height } from '#libs/chain/ids.ts';
import { certificateFault, type EpochRoot } from '#libs/protocol/certificate.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { BlockRange, HeightSpan } from '../ports/block-range.ts';
import { RANGE_BYTES_MAX, RANGE_TRANSACTIONS_MAX } from '../ports/range-limits.ts';

interface RangeContext {
  readonly set: ValidatorSet;
  readonly root: EpochRoot;
  readonly table: VoteTable;
}

/**
 * The fault of an answer to a request for `span`, or undefined: then the certificate, once its signatures are
 * verified, proves every header of the range. Costs hashes, no signature. Transactions are not checked.
 */
export function rangeFault(range: BlockRange, span: HeightSpan, context: RangeContext): string | undefined {
  const { blocks, certificate } = range;
  if (blocks.length === 0) return 'range without blocks';
  if (BigInt(blocks.length) > span.to - span.from + 1n) return 'more blocks than asked for';
  if (certificate.kind !== context.table.decides) return 'certificate of another phase';
  if (blocks.length > 1 && !new RangeSize().fits(blocks)) return 'range larger than agreed';
  return (
    linkFault(range, span.from) ?? certificateFault(certificate, context.set, context.root, context.table)
  );
}

function linkFault({ blocks, descendants, certificate }: BlockRange, from: Height): string | undefined {
  const links = [
    ...blocks,
    ...descendants.map((header) => ({ header, digest: headerDigest(header) })),
  ] as const;
  let parent: Digest | undefined;
  for (const [index, { header, digest }] of links.entries()) {
    if (header.height !== from + BigInt(index)) return 'block of another height';
    if (parent !== undefined && header.parent !== parent) return 'broken link';
    parent = digest;
  }
  const isProved = certificate.digest === parent && certificate.height === from + BigInt(links.length - 1);
  return isProved ? undefined : 'certificate of another block';
}

/** Whether the transactions match the header. */
export function isBodyOf({ header, transactions }: Block): boolean {
  return (
    transactions.length === header.transactionCount && payloadRootOf(transactions) === header.payloadRoot
  );
}

/** Adds up the content of a range. Server and asker count alike. */
export class RangeSize {
  #bytes = 0;
  #transactions = 0;

  /** Whether these blocks still fit; counts them if so. */
  fits(blocks: readonly Block[]): boolean {
    const all = blocks.flatMap(({ transactions }) => transactions);
    const bytes = all.reduce((sum, transaction) => sum + transaction.bytes.length, this.#bytes);
    const transactions = this.#transactions + all.length;
    if (bytes > RANGE_BYTES_MAX || transactions > RANGE_TRANSACTIONS_MAX) return false;
    this.#bytes = bytes;
    this.#transactions = transactions;
    return true;
  }
}
