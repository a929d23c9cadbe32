import type { Transaction } from '#libs/chain/transaction.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { transactionsToWire } from '#libs/wire/block.ts';

/**
 * Bytes of an answer with transactions. gRPC clients take 4 MiB by default: answers stay half a megabyte below
 * that.
 */
export const ANSWER_BYTES_MAX = 3.5 * 1024 * 1024;

/** A tag and a length before each transaction, signature or header. */
const FIELD_BYTES = 8;
/** An encoded header with its digests; measured at 250 and less. */
const HEADER_BYTES = 512;

export interface TransactionsPage {
  readonly transactions: readonly Uint8Array[];
  /** Position of the first transaction that had no room; 0 when there is none. */
  readonly next: number;
}

/** The transactions from a position on, as many as there is room for; one at least, or nobody would ever get it. */
export function transactionsPage(
  transactions: readonly Transaction[],
  { first, bytesMax }: { readonly first: number; readonly bytesMax: number },
): TransactionsPage {
  let bytes = 0;
  let next = first;
  for (; next < transactions.length; next++) {
    bytes += (transactions[next]?.bytes.length ?? 0) + FIELD_BYTES;
    if (bytes > bytesMax && next > first) break;
  }
  const page = transactionsToWire(transactions.slice(first, next));
  return { transactions: page, next: next < transactions.length ? next : 0 };
}

/** Bytes that a proof takes of an answer. */
export function proofBytes(certificate: QuorumCertificate, descendants: number): number {
  const ofSignatures = certificate.signatures.reduce(
    (sum, { signature }) => sum + signature.length + FIELD_BYTES,
    0,
  );
  return ofSignatures + (descendants + 2) * HEADER_BYTES;
}
