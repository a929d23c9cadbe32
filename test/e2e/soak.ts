import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { SERVICE_NAMES } from '#services/launcher/core/service-names.ts';
import { LocalMembers } from '#test/support/federation/local-members.ts';
import { SteadyLoad } from '#test/support/federation/steady-load.ts';
import { type ProcessSample, sampleProcess } from '#test/support/programs/process-sample.ts';
import { type Trend, trendOf } from '#test/support/trend.ts';

const HELP = `Runs a federation of real processes under load and watches what each of them holds.

  npm run soak -- --minutes 10 --json

  --minutes M     how long (default 10)
  --members N     members of the federation (default 4)
  --rate R        transactions a second (default 50)
  --json          end with one JSON object on stdout

Exit code 0 when memory, files and sockets stay within their bounds, 1 otherwise.
`;

const SAMPLE_MS = 1_000;
const TRANSACTION_BYTES = 1_000;

/**
 * Growth of the memory of one process from the second to the last quarter: V8's heap varies by less, and a leak
 * exceeds it within minutes.
 */
const GROWTH_MAX = 1.25;
const GROWTH_MIB_MAX = 32;

/** A connection more here or there; a leak of one for each block or client passes it at once. */
const HANDLES_MAX = 16;

/** A member that is a view behind when the load ends. */
const SETTLE_MS = 60_000;

interface SoakRow {
  readonly process: string;
  readonly rssMib: Trend;
  readonly handles: Trend;
  readonly sockets: Trend;
  readonly isWithin: boolean;
}

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      members: { type: 'string', default: '4' },
      rate: { type: 'string', default: '50' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const minutes = Number(values.minutes);
  const soaked = await soak(Number(values.members), minutes * 60_000, Number(values.rate));
  process.stderr.write(table(soaked.rows));
  const { transactions, acknowledged, height } = soaked;
  process.stderr.write(`${acknowledged} of ${transactions} transactions final, ${height} blocks\n`);
  const isWithin = acknowledged === transactions && soaked.rows.every((row) => row.isWithin);
  if (values.json) process.stdout.write(`${JSON.stringify({ minutes, isWithin, ...soaked })}\n`);
  return isWithin ? 0 : 1;
}

async function soak(members: number, forMs: number, perSecond: number) {
  await using federation = await LocalMembers.start({ members });
  const clients = federation.members.map(({ client }) => client);
  await using load = new SteadyLoad({ clients, perSecond, transactionBytes: TRANSACTION_BYTES });
  load.start();
  const samples = new Map<string, ProcessSample[]>();
  const startMs = performance.now();
  for (let dueMs = 0; dueMs < forMs; dueMs += SAMPLE_MS) {
    await sleep(Math.max(0, startMs + dueMs - performance.now()));
    for (const [name, pid] of processesOf(federation)) {
      const sample = sampleProcess(pid);
      if (sample !== undefined) samples.set(name, [...(samples.get(name) ?? []), sample]);
    }
  }
  await load.finish(SETTLE_MS);
  const { header } = await clients[0]!.status();
  return {
    rows: [...samples].map(([name, taken]) => rowOf(name, taken)),
    transactions: load.submitted.size,
    acknowledged: load.acknowledged.size,
    height: Number(header?.finalHeight ?? 0n),
  };
}

function processesOf(federation: LocalMembers): readonly (readonly [string, number])[] {
  return federation.members.flatMap(({ facts }, member) =>
    SERVICE_NAMES.flatMap((service) => {
      const pid = federation.pidOf(member, service);
      return pid === undefined ? [] : [[`${facts.name} ${service}`, pid] as const];
    }),
  );
}

function rowOf(process: string, samples: readonly ProcessSample[]): SoakRow {
  const rssMib = trendOf(
    samples.map((sample) => sample.rssMib),
    SAMPLE_MS,
  );
  const handles = trendOf(
    samples.map((sample) => sample.handles),
    SAMPLE_MS,
  );
  const sockets = trendOf(
    samples.map((sample) => sample.sockets),
    SAMPLE_MS,
  );
  const isFlat = rssMib.after < GROWTH_MAX * rssMib.before || rssMib.after - rssMib.before < GROWTH_MIB_MAX;
  return {
    process,
    rssMib,
    handles,
    sockets,
    isWithin: isFlat && handles.after - handles.before < HANDLES_MAX,
  };
}

function table(rows: readonly SoakRow[]): string {
  const lines = rows.map(({ process, rssMib, handles, sockets, isWithin }) => {
    const memory = `${rssMib.before.toFixed(0)} → ${rssMib.after.toFixed(0)} MiB, ${rssMib.perMinute.toFixed(2)} MiB/min`;
    const files = `handles ${handles.before} → ${handles.after}, sockets ${sockets.before} → ${sockets.after}`;
    return `${process.padEnd(14)}  ${memory.padEnd(32)}  ${files}${isWithin ? '' : '  OVER ITS BOUND'}`;
  });
  return `${lines.join('\n')}\n`;
}

process.exitCode = await main(process.argv.slice(2));
