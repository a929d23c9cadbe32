import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type FuzzOutcome, fuzzFederation } from './fuzz.ts';

const HELP = `Sends nonsense to every gRPC method and libp2p protocol of a member of a running federation.

  npm run fuzz -- --minutes 10 --json

  --minutes N   how long (default 1)
  --seed N      where to begin: the same seed sends the same bytes
  --json        end with one JSON object on stdout

Exit code 0 when nothing crashed, grew, or answered with a fault of its own; 1 otherwise, with the bytes that did it.
`;

const SEED_MAX = 2 ** 30;
const ROUND = { perTarget: 40, rounds: 3 };

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else
  process.exitCode = await fuzzFor(
    Number(values.minutes) * 60_000,
    Number(values.seed ?? randomInt(SEED_MAX)),
  );

async function fuzzFor(forMs: number, firstSeed: number): Promise<number> {
  if (!(forMs > 0) || !Number.isSafeInteger(firstSeed)) {
    process.stderr.write('fuzz: --minutes takes a number above 0, --seed a whole number\n');
    return 1;
  }
  const endMs = Date.now() + forMs;
  const outcomes: FuzzOutcome[] = [];
  for (let seed = firstSeed; outcomes.length === 0 || Date.now() < endMs; seed += ROUND.rounds) {
    const outcome = await fuzzFederation({ seed, ...ROUND });
    outcomes.push(outcome);
    process.stderr.write(
      `seed ${seed}: ${outcome.streams} streams, ${outcome.refusals} refused, ${outcome.faults.length} faults\n`,
    );
    for (const fault of outcome.faults) process.stderr.write(`  ${fault}\n`);
  }
  const faults = outcomes.flatMap((outcome) => outcome.faults);
  if (values.json) process.stdout.write(`${JSON.stringify({ seed: firstSeed, faults, outcomes })}\n`);
  return faults.length === 0 ? 0 : 1;
}
