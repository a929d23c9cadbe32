// `node test/bench/vote-paths.ts`: one decision with votes to the leader and with votes to all, in the model of a large federation
// (test/simulation/conditions/timed-cluster.ts), for the table "Votes to all" of BENCHMARKS.md.
import type { VotePath } from '#libs/protocol/vote-path.ts';
import { type Costs, TimedCluster } from '#test/simulation/conditions/timed-cluster.ts';
import { runScript } from '#test/support/runner/script.ts';

const SIZES = [4, 5, 6, 7, 10, 13, 21, 64, 128] as const;

/** slh-dsa-sha2-128f as measured (BENCHMARKS.md), on members with four cores each. */
const SIGNATURE = { signMs: 11.43, verifyMs: 0.73, cores: 4, signatureBytes: 17_088 } as const;

const LINKS: readonly (readonly [string, Costs])[] = [
  ['1 Gb/s, 25 ms', { ...SIGNATURE, bitsPerSecond: 1e9, latencyMs: 25 }],
  ['100 Mb/s, 25 ms', { ...SIGNATURE, bitsPerSecond: 1e8, latencyMs: 25 }],
  ['1 Gb/s, 0.5 ms', { ...SIGNATURE, bitsPerSecond: 1e9, latencyMs: 0.5 }],
];

await runScript('vote-paths', () => {
  process.stdout.write(
    'link | members | decided at every member, ms | busiest uplink, MB | sent by all, MB (leader / all)\n',
  );
  for (const [link, costs] of LINKS) for (const members of SIZES) print(link, members, costs);
  return 0;
});

function print(link: string, members: number, costs: Costs): void {
  const [leader, all] = (['leader', 'all'] as const).map((path) => measured(members, costs, path));
  const pairs = [0, 1, 2].map((at) => `${leader?.[at]} / ${all?.[at]}`);
  process.stdout.write(`${link} | ${members} | ${pairs.join(' | ')}\n`);
}

function measured(members: number, costs: Costs, path: VotePath): readonly string[] {
  const cluster = new TimedCluster(members, costs, path);
  const tookMs = cluster.decideOne();
  const megabytes = [cluster.busiestBytes, cluster.bytes].map((bytes) => (bytes / 1e6).toFixed(2));
  return [tookMs.toFixed(0), ...megabytes];
}
