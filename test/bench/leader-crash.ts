import { randomBytes } from 'node:crypto';
import { availableParallelism, cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { LocalMembers } from '#test/support/federation/local-members.ts';

const HELP = `Measures how long a federation of four real members needs after its leader was killed: from handing in a
transaction, right after the kill, until it is final.

  --crashes N   leaders killed, one after another (8)
  --json        the figures only, as JSON
`;

const FINAL_MS = 120_000;
/** Decided before the first crash, so that members have measured what a view takes. */
const WARM_UP = 6;

const { values } = parseArgs({
  options: {
    crashes: { type: 'string', default: '8' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** @returns milliseconds from handing in to final. */
async function decide({ members }: LocalMembers, member: number): Promise<number> {
  const { client } = members[member] ?? members[0]!;
  const startMs = performance.now();
  const { hash } = await client.submit(randomBytes(200));
  await client.wait(hash, { deadlineMs: FINAL_MS });
  return performance.now() - startMs;
}

async function measure(): Promise<void> {
  const crashes: { readonly tookMs: number; readonly baseMs: number }[] = [];
  const viewsMs: number[] = [];
  await using federation = await LocalMembers.start({ members: 4 });
  for (let i = 0; i < WARM_UP; i++) viewsMs.push(await decide(federation, 0));
  for (let crash = 0; crash < Number(values.crashes); crash++) {
    const { leader } = await federation.members[0]!.client.status();
    const other = (leader + 1) % 4;
    const { viewTimeoutMs: baseMs } = await federation.members[other]!.client.status();
    federation.kill(leader, 'consensus');
    crashes.push({ tookMs: Math.round(await decide(federation, other)), baseMs: Math.round(baseMs) });
    await federation.restart(leader, 'consensus');
    viewsMs.push(await decide(federation, other), await decide(federation, other));
  }
  const took = crashes.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b);
  const result = {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    node: process.version,
    quietViewMsMedian: Math.round(viewsMs.toSorted((a, b) => a - b)[Math.floor(viewsMs.length / 2)] ?? 0),
    recoveryMsMedian: took[Math.floor(took.length / 2)],
    recoveryMsMax: took.at(-1),
    crashes,
  };
  process.stdout.write(`${values.json ? JSON.stringify(result) : JSON.stringify(result, undefined, 2)}\n`);
}

if (values.help) process.stdout.write(HELP);
else await measure();
