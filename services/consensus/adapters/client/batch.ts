import type { ClientCall } from './client-call.ts';
import { ClientError, invalidRequest } from './client-errors.ts';
import type { ClientLimits } from './limits.ts';
import type { ReadTurns } from './read-turns.ts';

export type BatchLimits = Pick<ClientLimits, 'batchMax' | 'batchPartMax' | 'batchPartWeight'>;

interface BatchTurns {
  readonly turns: Pick<ReadTurns, 'take'>;
  readonly call: Pick<ClientCall, 'caller' | 'signal'>;
  readonly limits: Pick<BatchLimits, 'batchPartMax' | 'batchPartWeight'>;
}

/** @throws ClientError unless a request has at least one item in `field`, and no more than a call may have. */
export function demandBatch(
  field: string,
  count: number,
  { batchMax }: Pick<ClientLimits, 'batchMax'>,
): void {
  if (count === 0) throw invalidRequest(field, 'is empty');
  if (count <= batchMax) return;
  throw new ClientError(
    `${field} has ${count} items, and a call has ${batchMax} at most: use several calls`,
    {
      code: 'CONSENSUS_BATCH_TOO_LARGE',
    },
  );
}

/**
 * Does `work` for the items part by part, each when its turn among the reads comes: three kilobytes name a thousand items, and each is a
 * look into the chain. `first` is the position of the first item of the part.
 * @throws ClientError as `ReadTurns` does, when some parts may be done, and every error of the work.
 */
export async function inParts<Item>(
  items: readonly Item[],
  { turns, call, limits }: BatchTurns,
  work: (part: readonly Item[], first: number) => void,
): Promise<void> {
  const { batchPartMax, batchPartWeight } = limits;
  for (let first = 0; first < items.length; first += batchPartMax) {
    const part = items.slice(first, first + batchPartMax);
    await turns.take(call, () => work(part, first), batchPartWeight);
  }
}
