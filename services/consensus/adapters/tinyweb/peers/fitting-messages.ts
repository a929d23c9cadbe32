import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { BLOCKS_PER_BODY_MAX } from './limits.ts';

/**
 * The same message in bodies that are small enough: a range gives fewer blocks, whose certificate is reached by headers, as for every answer
 * that stops early; a batch of transactions goes in parts. Empty where no part of it is small enough.
 */
export function fitting(
  body: PeerMessageBody,
  fits: (body: PeerMessageBody) => boolean,
): readonly PeerMessageBody[] {
  if (isFew(body) && fits(body)) return [body];
  switch (body.kind) {
    case 'blocks-response':
      return fittingRange(body, fits);
    case 'transactions':
    case 'bodies-response':
      return halves(body).flatMap((half) => fitting(half, fits));
    default:
      return [];
  }
}

type Range = Extract<PeerMessageBody, { readonly kind: 'blocks-response' }>;
type Batch = Extract<PeerMessageBody, { readonly kind: 'transactions' | 'bodies-response' }>;

function isFew(body: PeerMessageBody): boolean {
  return body.kind !== 'blocks-response' || (body.range?.blocks.length ?? 0) <= BLOCKS_PER_BODY_MAX;
}

function fittingRange(body: Range, fits: (body: PeerMessageBody) => boolean): readonly PeerMessageBody[] {
  const { range } = body;
  if (range === undefined || range.blocks.length <= 1) return [];
  const count = Math.min(BLOCKS_PER_BODY_MAX, Math.floor(range.blocks.length / 2));
  const headers = range.blocks.slice(count).map(({ header }) => header);
  const shorter = {
    ...range,
    blocks: range.blocks.slice(0, count),
    descendants: [...headers, ...range.descendants],
  };
  return fitting({ ...body, range: shorter }, fits);
}

function halves(batch: Batch): readonly Batch[] {
  const { length } = batch.transactions;
  if (length <= 1) return [];
  const middle = Math.floor(length / 2);
  return [part(batch, 0, middle), part(batch, middle, length)];
}

function part(batch: Batch, from: number, to: number): Batch {
  const transactions = batch.transactions.slice(from, to);
  if (batch.kind === 'bodies-response') return { ...batch, transactions };
  const { traceIds } = batch;
  return {
    ...batch,
    transactions,
    ...(traceIds === undefined ? {} : { traceIds: traceIds.slice(from, to) }),
  };
}
