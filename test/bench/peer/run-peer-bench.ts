import { availableParallelism, cpus } from 'node:os';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import type { Interruption } from '#services/launcher/words/interruption.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import type { ProcessContext } from '#services/launcher/words/process-context.ts';
import { buildCometbft, needGo } from '../cometbft/build-cometbft.ts';
import { CometbftNetwork } from '../cometbft/network.ts';
import type { NetworkTerms } from '../cometbft/node-changes.ts';
import { COMETBFT } from '../cometbft/pinned-module.ts';
import type { BenchPlan } from '../federation/bench-plan.ts';
import { measureNewFederation } from '../federation/measure-new-federation.ts';
import { type Contender, orderOfTurn, PEER_SETTINGS } from './contenders.ts';
import { measureCometbft, type PeerFacts } from './measure-cometbft.ts';
import { type PeerRow, peerReport, peerRow, peerTables } from './peer-report.ts';

export interface PeerBenchOptions {
  readonly turns: number;
  readonly protocol: string;
  readonly scheme: string;
  readonly indexer: NetworkTerms['indexer'];
  readonly plan: BenchPlan;
  /** Undefined: there is none. */
  readonly go: string | undefined;
  readonly json?: boolean;
}

interface PeerBench {
  readonly context: ProcessContext;
  readonly options: PeerBenchOptions;
  readonly program: string;
  readonly interruption: Interruption;
}

const MEMBERS = 4;

/** Measures both in turn: side by side they would measure each other. */
export async function runPeerBench(context: ProcessContext, options: PeerBenchOptions): Promise<ExitCode> {
  const { terminal, root, env } = context;
  const { turns, plan } = options;
  const go = needGo(options.go);
  const note = (line: string): void => terminal.note(line);
  const interruption = context.interruption();
  const program = await buildCometbft({ go, root, env, note, signal: interruption.signal });
  const bench = { context, options, program, interruption };
  const rows: PeerRow[] = [];
  for (let turn = 1; turn <= turns; turn += 1)
    for (const contender of orderOfTurn(turn - 1)) {
      terminal.note(`turn ${turn} of ${turns}: ${contender} …`);
      rows.push(peerRow({ turn, contender }, await measure(contender, bench)));
    }
  const machine = {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    node: process.version,
  };
  const date = new Date().toISOString().slice(0, 10);
  const title = `${date}, ${machine.cores} cores of ${machine.cpu}, Node ${machine.node}, CometBFT ${COMETBFT.version}, ${MEMBERS} members each`;
  const report = `${title}\n\n${peerTables(rows)}`;
  const { protocol, scheme, indexer } = options;
  const terms = { cometbft: COMETBFT.version, members: MEMBERS, protocol, scheme, indexer, plan };
  if (options.json) {
    terminal.note(report);
    terminal.out(jsonText({ date, ...machine, ...terms, ...peerReport(rows) }));
  } else terminal.out(report);
  return rows.every(({ agree }) => agree) ? EXIT_CODES.ok : EXIT_CODES.failed;
}

async function measure(contender: Contender, bench: PeerBench): Promise<PeerFacts> {
  const { context, options, program, interruption } = bench;
  const { plan, protocol, scheme, indexer } = options;
  if (contender === 'btcfed')
    return measureNewFederation(context, { members: MEMBERS, protocol, scheme, plan, interruption });
  const { signal, onImpatience } = interruption;
  const { batch, inFlight, transactionBytes } = plan;
  await using network = await CometbftNetwork.start({
    ...{ program, indexer, batch, inFlight, transactionBytes, signal, onImpatience },
    setting: PEER_SETTINGS[contender],
  });
  return await measureCometbft(network, plan, signal);
}
