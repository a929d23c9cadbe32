import { availableParallelism, cpus } from 'node:os';
import { checkedName } from '#libs/crypto/scheme.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import type { ProcessContext } from '#services/launcher/words/process-context.ts';
import type { BenchPlan } from './bench-plan.ts';
import { type BenchRow, benchRow, benchTable } from './bench-report.ts';
import { measureNewFederation } from './measure-new-federation.ts';

export interface BenchOptions {
  readonly members: readonly number[];
  readonly protocols: readonly string[];
  /** How often each of them is measured, one after the other: changes on the machine then come to all of them. */
  readonly turns: number;
  readonly scheme: string;
  readonly plan: BenchPlan;
  readonly json?: boolean;
}

/** Measures one federation after the other: side by side they would measure each other. */
export async function runBench(context: ProcessContext, options: BenchOptions): Promise<ExitCode> {
  const { terminal } = context;
  checkedName(options.scheme);
  const interruption = context.interruption();
  const rows: BenchRow[] = [];
  for (const [members, protocol] of runsOf(options)) {
    terminal.note(`measuring ${members} members with ${protocol} …`);
    const { scheme, plan } = options;
    const facts = await measureNewFederation(context, { members, protocol, scheme, plan, interruption });
    rows.push(benchRow(facts));
  }
  const machine = {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    node: process.version,
  };
  const date = new Date().toISOString().slice(0, 10);
  const title = `${date}, ${machine.cores} cores of ${machine.cpu}, Node ${machine.node}, ${options.scheme}`;
  terminal.note(`${title}\n\n${benchTable(rows)}\n`);
  if (options.json) terminal.out(jsonText({ date, ...machine, federations: rows }));
  return rows.every(({ agree }) => agree) ? EXIT_CODES.ok : EXIT_CODES.failed;
}

/** Size and protocol of each federation, in their order. */
function runsOf({ members, protocols, turns }: BenchOptions): readonly (readonly [number, string])[] {
  return members.flatMap((each) =>
    Array.from({ length: turns }, () => protocols.map((protocol) => [each, protocol] as const)).flat(),
  );
}
