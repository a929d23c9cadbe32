import { readFileSync } from 'node:fs';
import type { FinalFeed } from '#libs/engine/ports/final-channel.ts';
import type { Metrics } from '#libs/metrics/metrics.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { kindRowOf, type VoteTable } from '#libs/protocol/vote/vote-table.ts';

const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const LINUX_IO = '/proc/self/io';

export interface BaselineFacts {
  /** Bytes of messages of members since the start. */
  readonly traffic: () => { readonly sentBytes: number; readonly receivedBytes: number };
  readonly final: FinalFeed;
  /** The votes of the protocol that the current epoch runs. */
  readonly votes: () => VoteTable;
  readonly nowMs: () => number;
  /** The text of /proc/self/io; undefined where there is none. */
  readonly io?: () => string | undefined;
}

/**
 * Metrics of the time that a view takes and of the bytes that it moves (HS-51): latency of each phase,
 * bandwidth and storage I/O.
 */
export function baselineMetrics(
  metrics: Metrics,
  { traffic, final, votes, nowMs, io = linuxIo }: BaselineFacts,
): { readonly signs: (statement: VoteStatement) => void } {
  const phases = metrics.histogram('btcfed_consensus_phase_seconds', {
    help: 'From the vote of this member in a phase to its vote in the next, or to the decision.',
    buckets: SECONDS,
    labels: ['phase'],
  });
  const counter = (name: string, help: string) => metrics.counter(`btcfed_consensus_${name}`, { help });
  const sent = counter(
    'sent_bytes_total',
    'Bytes of messages for members, given to the gateway; one to all counts once.',
  );
  const received = counter('received_bytes_total', 'Bytes of messages of members.');
  const read = counter('storage_read_bytes_total', 'Bytes this process had read from storage, on Linux.');
  const written = counter(
    'storage_written_bytes_total',
    'Bytes this process had written to storage, on Linux.',
  );
  metrics.onScrape(() => {
    const { sentBytes, receivedBytes } = traffic();
    sent.follow(sentBytes);
    received.follow(receivedBytes);
    const text = io() ?? '';
    read.follow(bytesIn(text, 'read_bytes'));
    written.follow(bytesIn(text, 'write_bytes'));
  });

  let open: { readonly phase: string; readonly view: bigint; readonly atMs: number } | undefined;
  const close = (view: bigint): void => {
    if (open?.view === view) phases.observe((nowMs() - open.atMs) / 1000, { phase: open.phase });
    open = undefined;
  };
  final.listen({
    ordered: (blocks) => {
      for (const { header } of blocks) if (header.view === open?.view) close(header.view);
    },
  });
  return {
    signs: ({ kind, view }) => {
      const table = votes();
      if (kind === table.proposal) return;
      close(view);
      const isVote = kindRowOf(table, kind)?.leaves === undefined;
      if (isVote) open = { phase: kind, view, atMs: nowMs() };
    },
  };
}

function bytesIn(text: string, field: string): number {
  return Number(new RegExp(`^${field}: (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

function linuxIo(): string | undefined {
  try {
    return readFileSync(LINUX_IO, 'utf8');
  } catch {
    // The machine is not Linux, or hides the file: then there is nothing to show.
    return undefined;
  }
}
