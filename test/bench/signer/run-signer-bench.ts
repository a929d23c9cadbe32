import { availableParallelism, cpus } from 'node:os';
import { checkedName } from '#libs/crypto/scheme.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import type { ProcessContext } from '#services/launcher/words/process-context.ts';
import { startLineIn } from './core-command.ts';
import { canTrace, startCore } from './core-process.ts';
import { BareSigner, measureViews } from './measure-signer.ts';
import { measureSyncs } from './measure-syncs.ts';
import { type SignerRow, type SyncSamples, signerRow, signerTable } from './signer-report.ts';

export interface SignerBenchOptions {
  readonly schemes: readonly string[];
  /** Views that are measured, each of three votes and, in every fourth, a proposal. */
  readonly views: number;
  /** A folder of `npm run build:signer`: measured as it is deployed. */
  readonly program?: string | undefined;
  readonly json?: boolean;
}

/** Views that are not counted, while code warms up. */
const WARM_UP_VIEWS = 2;
const TRACED_VIEWS = 4;

interface OneSigner {
  readonly context: ProcessContext;
  readonly scheme: string;
  readonly views: number;
  readonly program: string | undefined;
  readonly signal: AbortSignal;
}

/** Measures what the signer's core adds to a bare signature, one parameter set after the other. */
export async function runSignerBench(
  context: ProcessContext,
  options: SignerBenchOptions,
): Promise<ExitCode> {
  const { terminal } = context;
  for (const scheme of options.schemes) checkedName(scheme);
  if (options.program !== undefined) startLineIn(options.program);
  const { signal } = context.interruption();
  const rows: SignerRow[] = [];
  for (const scheme of options.schemes) {
    terminal.note(`measuring the signer with ${scheme} …`);
    rows.push(await measureOne({ context, scheme, views: options.views, program: options.program, signal }));
  }
  const machine = {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    node: process.version,
  };
  const date = new Date().toISOString().slice(0, 10);
  terminal.note(
    `${date}, ${machine.cores} cores of ${machine.cpu}, Node ${machine.node}\n\n${signerTable(rows)}\n`,
  );
  if (options.json) terminal.out(jsonText({ date, ...machine, signers: rows }));
  return EXIT_CODES.ok;
}

async function measureOne(one: OneSigner): Promise<SignerRow> {
  const { views, signal, scheme } = one;
  const core = await startCore({ ...one, isTraced: false });
  try {
    const bare = await BareSigner.create(scheme);
    try {
      await measureViews(core, bare, { from: 1n, count: WARM_UP_VIEWS, signal });
      const samples = await measureViews(core, bare, {
        from: BigInt(WARM_UP_VIEWS + 1),
        count: views,
        signal,
      });
      const { signatureCount } = await core.client.getSigner();
      const ms = measureSyncs();
      const syncs = canTrace() ? await tracedSyncs(one, ms) : recordedSyncs(Number(signatureCount), ms);
      return signerRow(scheme, samples, syncs);
    } finally {
      bare.close();
    }
  } finally {
    await core.stop();
  }
}

/** Measures once more, and counts each system call that waits for a disk. */
async function tracedSyncs(one: OneSigner, ms: readonly number[]): Promise<SyncSamples> {
  const { scheme, signal } = one;
  const core = await startCore({ ...one, isTraced: true });
  const bare = await BareSigner.create(scheme);
  try {
    await measureViews(core, bare, { from: 1n, count: 1, signal });
    const [before, { signatureCount: first }] = [core.syncs() ?? 0, await core.client.getSigner()];
    await measureViews(core, bare, { from: 2n, count: TRACED_VIEWS, signal });
    const [after, { signatureCount: last }] = [core.syncs() ?? 0, await core.client.getSigner()];
    const signatures = Number(last - first);
    // The session that the second part opens is one record more.
    const perSignature = Math.round((100 * (after - before - 1)) / signatures) / 100;
    return { perSignature, signatures, from: 'strace', ms };
  } finally {
    bare.close();
    await core.stop();
  }
}

/** Each signature is one record, and each record one transaction that is synced: there is no other way to make one. */
function recordedSyncs(signatures: number, ms: readonly number[]): SyncSamples {
  return { perSignature: 1, signatures, from: 'records', ms };
}
