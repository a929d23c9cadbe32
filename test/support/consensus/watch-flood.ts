import { setTimeout as sleep } from 'node:timers/promises';
import { grpcClient, RemoteError } from '#libs/grpc/client.ts';
import { ConsensusServiceDefinition } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';

// A process that takes all the watches it can get: ADDRESS, how many, over how many connections. Opens each again that it
// loses. Says a line once all were tried; at the end of its input it says how many stood, and why others did not.

const [address = '', watches = '0', connections = '0'] = process.argv.slice(2);
const clients = Array.from({ length: Number(connections) }, () =>
  grpcClient(ConsensusServiceDefinition, { address }),
);
const seen = { open: 0, refusals: {} as Record<string, number> };
let untried = Number(watches);

function tried(): void {
  untried -= 1;
  if (untried === 0) process.stdout.write('all were tried\n');
}

async function watchOnce(at: number): Promise<void> {
  const request = { startHeight: 0n, includeTransactions: false, progressIntervalS: 1 };
  const watch = clients[at % clients.length]?.watch(request);
  let isTried = false;
  try {
    for await (const { body } of watch ?? []) {
      if (body?.$case !== 'created') continue;
      seen.open += 1;
      tried();
      isTried = true;
    }
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    const code = error.detail.errorCode ?? error.message;
    seen.refusals[code] = (seen.refusals[code] ?? 0) + 1;
    if (!isTried) tried();
  }
}

process.stdin.resume();
process.stdin.once('end', () => {
  process.stdout.write(`${JSON.stringify(seen)}\n`, () => process.exit(0));
});

await Promise.all(
  Array.from({ length: Number(watches) }, async (_, at) => {
    for (;;) {
      await watchOnce(at);
      await sleep(500);
    }
  }),
);
