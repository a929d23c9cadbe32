import { concatBytes } from '#libs/bytes/bytes.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { type Digest, digestBytes, toDigest } from '#libs/chain/ids.ts';
import { TOLD_HASHES_MAX } from '#libs/engine/ports/message-limits.ts';
import type { Transactions } from '#libs/engine/ports/peer-message.ts';
import { TRACE_ID_BYTES, type TraceId, traceIdBytes, traceIdFromBytes } from '#libs/log/trace-id.ts';
import type { TransactionBatch } from '#libs/proto/btcfed/peer/v1/peer.ts';
import { transactionsFromWire, transactionsToWire } from '#libs/wire/block.ts';
import type { WireLimits } from '#libs/wire/limits.ts';
import { demand } from '#libs/wire/refusal.ts';

const HASH_BYTES = 32;

const NO_ID = new Uint8Array(TRACE_ID_BYTES);
const NO_ID_TEXT = traceIdFromBytes(NO_ID);

export function batchToWire({ transactions: own, traceIds = [] }: Transactions): TransactionBatch {
  const transactions = transactionsToWire(own);
  if (traceIds.every((id) => id === undefined)) return { transactions, traceIds: new Uint8Array() };
  return {
    transactions,
    traceIds: concatBytes(
      transactions.map((_, index) => (traceIds[index] === undefined ? NO_ID : traceIdBytes(traceIds[index]))),
    ),
  };
}

/**
 * Transactions, with the ids that their lines in the log have elsewhere. They are the sender's word and nothing else.
 * @throws WireRefusal
 */
export function batchFromWire(
  { transactions, traceIds }: TransactionBatch,
  limits: WireLimits,
): Transactions {
  const own = transactionsFromWire(transactions, limits);
  if (traceIds.length === 0) return { kind: 'transactions', transactions: own };
  demand(traceIds.length === own.length * TRACE_ID_BYTES, 'trace ids do not match the transactions');
  return { kind: 'transactions', transactions: own, traceIds: own.map((_, index) => idAt(traceIds, index)) };
}

export function hashesToWire(hashes: readonly Digest[]): Uint8Array {
  return concatBytes(hashes.map(digestBytes));
}

/** @throws WireRefusal */
export function hashesFromWire({ hashes }: { readonly hashes: Uint8Array }): readonly Digest[] {
  const count = hashes.length / HASH_BYTES;
  demand(Number.isInteger(count) && count >= 1 && count <= TOLD_HASHES_MAX, 'hashes of another length');
  return Array.from({ length: count }, (_, at) =>
    toDigest(toHex(hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES))),
  );
}

function idAt(bytes: Uint8Array, index: number): TraceId | undefined {
  const id = traceIdFromBytes(bytes.subarray(index * TRACE_ID_BYTES, (index + 1) * TRACE_ID_BYTES));
  return id === NO_ID_TEXT ? undefined : id;
}
