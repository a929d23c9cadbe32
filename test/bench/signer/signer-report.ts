import { percentile } from '#services/launcher/core/percentile.ts';
import { ASKED_KINDS, type AskedKind, type SignerSamples } from './measure-signer.ts';

/** One kind of signature. Milliseconds. */
export interface KindRow {
  readonly samples: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The fastest time, as on a machine where nothing else runs. */
  readonly bestMs: number;
  /** p50Ms over that of the bare signature. */
  readonly ratio: number;
}

/** One entry of `signers` in the JSON of `bench --signer --json`. */
export interface SignerRow {
  readonly scheme: string;
  readonly bare: Omit<KindRow, 'ratio'>;
  readonly kinds: Readonly<Record<AskedKind, KindRow>>;
  /** Ratio of proposals and PRE-COMMIT votes, which bring nothing to verify, to the bare signature. */
  readonly ratio: number;
  /** The same of the fastest ones: on a busy machine what does not depend on the others. */
  readonly bestRatio: number;
  /** Ratio of COMMIT votes, each with a certificate to verify, to the bare signature. */
  readonly ratioWithCertificate: number;
  readonly syncs: SyncFacts;
}

/** Disk syncs for each signature. */
export interface SyncFacts {
  readonly perSignature: number;
  readonly signatures: number;
  /** `strace`: counted as system calls, those of checkpoints too. `records`: one for each record, by construction. */
  readonly from: 'strace' | 'records';
  /** The fastest and the median sync of as many bytes as a record has, on the same disk, in milliseconds. */
  readonly bestMs: number;
  readonly p50Ms: number;
}

/** Syncs of one signature of the measured core, counted in another run. */
export interface SyncSamples extends Pick<SyncFacts, 'perSignature' | 'signatures' | 'from'> {
  readonly ms: readonly number[];
}

const MEDIAN = 50;
const WORST = 99;

export function signerRow(
  scheme: string,
  { asked, bare }: SignerSamples,
  { ms: syncMs, ...syncs }: SyncSamples,
): SignerRow {
  const bareMs = percentile(bare, MEDIAN) ?? 0;
  const ratioOf = (samples: readonly number[]) => thousandths((percentile(samples, MEDIAN) ?? 0) / bareMs);
  const bestRatio = thousandths(bestOf([...asked.proposal, ...asked['pre-commit']]) / bestOf(bare));
  const rowOf = (samples: readonly number[]) => ({ ...timesOf(samples), ratio: ratioOf(samples) });
  return {
    scheme,
    bare: timesOf(bare),
    kinds: {
      proposal: rowOf(asked.proposal),
      prepare: rowOf(asked.prepare),
      'pre-commit': rowOf(asked['pre-commit']),
      commit: rowOf(asked.commit),
    },
    ratio: ratioOf([...asked.proposal, ...asked['pre-commit']]),
    bestRatio,
    ratioWithCertificate: ratioOf(asked.commit),
    syncs: {
      ...syncs,
      bestMs: hundredths(bestOf(syncMs)),
      p50Ms: hundredths(percentile(syncMs, MEDIAN) ?? 0),
    },
  };
}

/** The rows as the Markdown table of services/signer/README.md. */
export function signerTable(rows: readonly SignerRow[]): string {
  const head = ['scheme', 'bare p50 ms', ...ASKED_KINDS.map((kind) => `${kind} p50 ms`)];
  const rest = ['ratio', 'of the best', 'ratio with certificate', 'syncs per signature', 'a sync ms'];
  const lines = rows.map(({ scheme, bare, kinds, ratio, bestRatio, ratioWithCertificate, syncs }) => [
    scheme,
    bare.p50Ms,
    ...ASKED_KINDS.map((kind) => kinds[kind].p50Ms),
    ratio,
    bestRatio,
    ratioWithCertificate,
    `${syncs.perSignature} (${syncs.from})`,
    syncs.p50Ms,
  ]);
  const columns = [...head, ...rest];
  return [columns, columns.map(() => '--:'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function timesOf(samples: readonly number[]): Omit<KindRow, 'ratio'> {
  return {
    samples: samples.length,
    p50Ms: hundredths(percentile(samples, MEDIAN) ?? 0),
    p99Ms: hundredths(percentile(samples, WORST) ?? 0),
    bestMs: hundredths(bestOf(samples)),
  };
}

function bestOf(samples: readonly number[]): number {
  return samples.length === 0 ? 0 : Math.min(...samples);
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}

function thousandths(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
