// The client of the throughput run, a process of its own: the members are measured without it. One line of JSON in, one out.
import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { amountLeft } from './amount-left.ts';
import { cometbftTarget } from './cometbft-target.ts';
import { federationTarget } from './federation-target.ts';
import type { LoadAnswer, LoadPlan } from './load-plan.ts';
import type { LoadMember } from './load-target.ts';

const plan: LoadPlan = JSON.parse(await text(process.stdin));
const target = plan.way === 'cometbft' ? await cometbftTarget(plan) : federationTarget(plan);
try {
  process.stdout.write(`${JSON.stringify(await underLoad(target.members))}\n`);
} finally {
  target.close();
}

async function underLoad(members: readonly LoadMember[]): Promise<LoadAnswer> {
  const tally = { final: 0, lost: 0, triedAgain: 0 };
  const batchMs: number[] = [];
  const left = amountLeft(plan, performance.now());
  const next = (): number => left(performance.now());
  const lane = async (member: LoadMember): Promise<void> => {
    for (let count = next(); count > 0; count = next()) {
      const startMs = performance.now();
      await member.handIn(randomTransactions(count), tally);
      batchMs.push(performance.now() - startMs);
    }
  };
  const lanesEach = Math.max(1, Math.floor(plan.inFlight / plan.batch / members.length));
  const before = process.cpuUsage();
  const startMs = performance.now();
  await Promise.all(members.flatMap((member) => Array.from({ length: lanesEach }, () => lane(member))));
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
