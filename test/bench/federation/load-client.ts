// The client of the throughput run, a process of its own: the federation is measured without it. One line of JSON in, one out.
import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { connectClient, type FederationClient } from '#libs/client/client.ts';
import { submitInBatches } from '#services/launcher/adapters/batch-submission.ts';
import type { LoadAnswer, LoadPlan } from './load-facts.ts';

const plan: LoadPlan = JSON.parse(await text(process.stdin));
const clients = plan.addresses.map((address) => connectClient({ address }));
try {
  process.stdout.write(`${JSON.stringify(await underLoad(clients))}\n`);
} finally {
  for (const client of clients) client.close();
}

async function underLoad(members: readonly FederationClient[]): Promise<LoadAnswer> {
  const tally = { final: 0, lost: 0, triedAgain: 0 };
  const batchMs: number[] = [];
  let left = plan.transactions;
  const lane = async (client: FederationClient): Promise<void> => {
    while (left > 0) {
      const count = Math.min(plan.batch, left);
      left -= count;
      const startMs = performance.now();
      await submitInBatches(randomTransactions(count), {
        client,
        isAwaited: true,
        batchesAtOnce: 1,
        deadlineMs: plan.deadlineMs,
        signal: new AbortController().signal,
        triedAgain: () => {
          tally.triedAgain += 1;
        },
        told: ({ state }) => {
          tally[state === 'final' ? 'final' : 'lost'] += 1;
        },
      });
      batchMs.push(performance.now() - startMs);
    }
  };
  const lanesEach = Math.max(1, Math.floor(plan.inFlight / plan.batch / members.length));
  const before = process.cpuUsage();
  const startMs = performance.now();
  await Promise.all(members.flatMap((client) => Array.from({ length: lanesEach }, () => lane(client))));
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - startMs) / 1_000;
  return { ...tally, seconds, cpuSeconds: (user + system) / 1e6, batchMs };
}

function randomTransactions(count: number): readonly Uint8Array[] {
  const bytes = randomBytes(count * plan.transactionBytes);
  return Array.from({ length: count }, (_, at) =>
    bytes.subarray(at * plan.transactionBytes, (at + 1) * plan.transactionBytes),
  );
}
