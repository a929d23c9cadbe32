import { toHex } from '#libs/bytes/hex.ts';
import { type Digest, digestBytes, toDigest } from '#libs/chain/ids.ts';
import type { InclusionPath, StatePath } from '#libs/chain/inclusion-path.ts';
import { leafHash, verifyInclusion } from '#libs/chain/merkle.ts';
import { type SectionRoot, stateRootOf, TRANSACTIONS_SECTION } from '#libs/chain/section-roots.ts';
import { stateLeafOf } from '#libs/chain/state-leaf.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { type BlockProof, type Trust, type Verdict, verifyBlock } from './verify-block.ts';

const HASH_BYTES = 32;

/** The claim of a member about a final transaction. */
export interface TransactionProof {
  /** The path to the payload root of the block. */
  readonly payloadProof: InclusionPath;
  /** The path to the state root of the block. */
  readonly stateProof: StatePath;
  readonly block: BlockProof;
}

/**
 * Whether a transaction is in a final block: under both roots of the header, at the same place, and the
 * header is final. Hashing comes first and signatures last.
 */
export async function verifyTransactionProof(
  transaction: Uint8Array,
  { payloadProof, stateProof, block }: TransactionProof,
  trust: Trust,
): Promise<Verdict> {
  const { payloadRoot, stateRoot, transactionCount } = block.header;
  if (payloadProof.size !== BigInt(transactionCount))
    return { ok: false, fault: 'payload proof of another size' };
  const leaf = leafHash(transaction);
  if (!isUnder(payloadRoot, leaf, payloadProof)) return { ok: false, fault: 'not under the payload root' };
  const transactionsRoot = transactionsRootOf(stateRoot, stateProof.sections);
  if (transactionsRoot === undefined) return { ok: false, fault: 'sections of another state' };
  if (!isUnder(transactionsRoot, stateLeafOf(transactionOf(transaction)), stateProof))
    return { ok: false, fault: 'not under the state root' };
  // The transactions of a block are the newest leaves of the state tree, in the same order.
  const fromEnd = payloadProof.size - payloadProof.index;
  if (stateProof.size - stateProof.index !== fromEnd) return { ok: false, fault: 'proofs of two places' };
  return verifyBlock(block, trust);
}

/** Root of the tree of all transactions; undefined when the sections are not those of the state root. */
function transactionsRootOf(
  stateRoot: Digest,
  sections: readonly SectionRoot[] | undefined,
): Digest | undefined {
  if (sections === undefined) return stateRoot;
  const [first, ...others] = sections;
  const isWhole = first?.tag === TRANSACTIONS_SECTION && others.length > 0;
  if (!isWhole || sections.some(({ root }) => root.length !== HASH_BYTES)) return undefined;
  return stateRootOf(first.root, others) === stateRoot ? toDigest(toHex(first.root)) : undefined;
}

function isUnder(root: Digest, leaf: Uint8Array, { index, size, path }: InclusionPath): boolean {
  return verifyInclusion({ root: digestBytes(root), leafHash: leaf, index, size, path });
}
