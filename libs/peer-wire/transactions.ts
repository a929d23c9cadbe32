import { concatBytes } from '#libs/bytes/bytes.ts';
import type { Digest } from '#libs/chain/ids.ts';
import type { BodyMessage } from '#libs/engine/ports/body-messages.ts';
import { TOLD_HASHES_MAX } from '#libs/engine/ports/message-limits.ts';
import type { Transactions } from '#libs/engine/ports/peer-message.ts';
import { TRACE_ID_BYTES, type TraceId, traceIdBytes, traceIdFromBytes } from '#libs/log/trace-id.ts';
import type { TransactionBatch } from '#libs/proto/btcfed/peer/v1/peer.ts';
import { transactionsFromWire, transactionsToWire } from '#libs/wire/block.ts';
import { hashesFromBytes, hashesToBytes } from '#libs/wire/compact-block.ts';
import type { WireLimits } from '#libs/wire/limits.ts';
import { demand } from '#libs/wire/refusal.ts';
import type { WireBody } from './protocol-wire.ts';

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

/** Some hashes, and no more than so many. @throws WireRefusal */
export function hashesFromWire(
  { hashes }: { readonly hashes: Uint8Array },
  countMax: number = TOLD_HASHES_MAX,
): readonly Digest[] {
  const few = hashesFromBytes(hashes);
  demand(few.length >= 1 && few.length <= countMax, 'hashes of another length');
  return few;
}

export function bodiesToWire(message: BodyMessage): WireBody {
  if (message.kind === 'bodies-request')
    return { $case: 'bodiesRequest', value: { hashes: hashesToBytes(message.hashes) } };
  return { $case: 'bodiesResponse', value: { transactions: transactionsToWire(message.transactions) } };
}

function idAt(bytes: Uint8Array, index: number): TraceId | undefined {
  const id = traceIdFromBytes(bytes.subarray(index * TRACE_ID_BYTES, (index + 1) * TRACE_ID_BYTES));
  return id === NO_ID_TEXT ? undefined : id;
}
