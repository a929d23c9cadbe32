import { availableParallelism, cpus } from 'node:os';
import {
  hasNoDecision,
  type LatencyRow,
  latencyRow,
  type UndecidedRow,
} from '#libs/simulation/latency/latency-rows.ts';
import type { LatencySetting } from '#libs/simulation/latency/latency-setting.ts';
import { undisturbed } from '#libs/simulation/latency/view-timing.ts';
import type { WorkCosts } from '#libs/simulation/latency/work-costs.ts';
import type { Terminal } from '#services/launcher/words/terminal.ts';
import { encodedSizes } from './encoded-sizes.ts';
import type { LatencyRequest } from './latency-request.ts';
import { latencyTable, type ReportedRow } from './latency-table.ts';
import { measureCosts } from './measure-costs.ts';

/** The smallest federation with a member to spare: the costs measured on one do not depend on its size. */
const MEASURED_MEMBERS = 4;
/** As `btcfed bench` has them. */
const TRANSACTION_BYTES = 1_000;

/** Measures this machine, runs the model, and reports. True when every decision came. */
export async function runLatency(
  request: LatencyRequest,
  leaveTimers: readonly string[],
  terminal: Terminal,
): Promise<boolean> {
  const startMs = performance.now();
  const { protocol, parameters, members, scheme, network, hosts, seed, json } = request;
  const setting = settingOf(request, leaveTimers);
  const note = (text: string): void => terminal.note(text);
  const costs = await measureCosts({
    ...{ scheme, given: request.costs, note },
    setting: { ...setting, members: MEASURED_MEMBERS, hosts: 'own' },
  });
  const rows = request.cores.flatMap((cores) => rowsOf({ ...setting, costs, cores }, request, note));
  const seconds = Math.round((performance.now() - startMs) / 100) / 10;
  const machine = {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    node: process.version,
  };
  const facts = { mode: 'latency', protocol: protocol.id, parameters, members, scheme, network, hosts, seed };
  note(`\n${latencyTable(rows)}\n`);
  if (json) terminal.out(JSON.stringify({ ...facts, costs, rows, machine, seconds }));
  else for (const [name, value] of Object.entries(roundedCosts(costs))) terminal.out(`${name}: ${value}`);
  return !rows.some(hasNoDecision);
}

function settingOf(request: LatencyRequest, leaveTimers: readonly string[]): Omit<LatencySetting, 'costs'> {
  const { protocol, parameters, timing, members, hosts, rates, signatureBytes, seed } = request;
  return {
    ...{ protocol, parameters, timing, members, hosts, rates, signatureBytes, seed, leaveTimers },
    cores: availableParallelism(),
    transactionBytes: TRANSACTION_BYTES,
    sizes: encodedSizes(protocol.id),
  };
}

/** A row for each number of failed views, one after the other. */
function rowsOf(
  setting: LatencySetting,
  { failedViews, decisions, isTimed }: LatencyRequest,
  note: (text: string) => void,
): readonly ReportedRow[] {
  const { members, cores } = setting;
  // Without a timing that was given the undisturbed decision is needed for it, also where no row shows it.
  const quiet = isTimed ? undefined : undisturbed(setting, decisions);
  const timing = quiet?.timing ?? setting.timing;
  return failedViews.map((failed) => {
    note(`${members} members, ${cores} cores, ${failed} failed views …`);
    const known = failed === 0 ? quiet?.row : undefined;
    const row = known ?? latencyRow({ ...setting, timing }, failed, decisions);
    return { cores, viewTimeoutMs: timing.viewTimeoutMs, ...roundedRow(row) };
  });
}

/** Tenths of a millisecond, whole bytes: smaller digits are noise. */
function roundedRow(row: LatencyRow | UndecidedRow): LatencyRow | UndecidedRow {
  if (hasNoDecision(row)) return row;
  const tenths = (value: number): number => Math.round(value * 10) / 10;
  return {
    ...row,
    ...{ p50Ms: tenths(row.p50Ms), p99Ms: tenths(row.p99Ms), timeoutMs: tenths(row.timeoutMs) },
    ...{ restP50Ms: tenths(row.restP50Ms), restP99Ms: tenths(row.restP99Ms) },
    ...{ busiestCpuMs: tenths(row.busiestCpuMs), allCpuMs: tenths(row.allCpuMs) },
  };
}

function roundedCosts(costs: WorkCosts): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(costs).map(([name, value]) => [name, Number(Number(value).toPrecision(3))]),
  );
}
