import { connectClient } from '#libs/client/client.ts';
import { submitInBatches } from '#services/launcher/adapters/batch-submission.ts';
import type { LoadPlan } from './load-plan.ts';
import type { LoadTarget } from './load-target.ts';

/** Members of a federation, over their client API. */
export function federationTarget({ addresses, deadlineMs }: LoadPlan): LoadTarget {
  const clients = addresses.map((address) => connectClient({ address }));
  return {
    members: clients.map((client) => ({
      handIn: (transactions, tally) =>
        submitInBatches(transactions, {
          client,
          isAwaited: true,
          batchesAtOnce: 1,
          deadlineMs,
          signal: new AbortController().signal,
          triedAgain: () => {
            tally.triedAgain += 1;
          },
          told: ({ state }) => {
            tally[state === 'final' ? 'final' : 'lost'] += 1;
          },
        }),
    })),
    close: () => {
      for (const client of clients) client.close();
    },
  };
}
