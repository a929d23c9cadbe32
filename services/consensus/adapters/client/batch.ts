import { ClientError, invalidRequest } from './client-errors.ts';
import type { ClientLimits } from './limits.ts';

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
