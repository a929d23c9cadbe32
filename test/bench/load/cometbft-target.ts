import { CometbftClient } from '../cometbft/cometbft-client.ts';
import { keyValue } from '../cometbft/key-value.ts';
import type { LoadPlan } from './load-plan.ts';
import type { LoadTarget } from './load-target.ts';

/** Nodes of CometBFT, over their JSON-RPC. */
export async function cometbftTarget({ addresses, deadlineMs }: LoadPlan): Promise<LoadTarget> {
  const client = await CometbftClient.connect(addresses);
  return {
    members: addresses.map((_, node) => ({
      handIn: async (transactions, tally) => {
        const batch = transactions.map(keyValue);
        const { final, triedAgain } = await client.handIn(node, batch, deadlineMs);
        tally.final += final;
        tally.lost += batch.length - final;
        tally.triedAgain += triedAgain;
      },
    })),
    close: () => client.close(),
  };
}
