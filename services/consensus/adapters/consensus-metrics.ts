import type { FinalFeed } from '#libs/engine/ports/final-channel.ts';
import { isQuorumReached } from '#libs/membership/quorum-reach.ts';
import type { Metrics } from '#libs/metrics/metrics.ts';
import { EVIDENCE_KINDS } from '#libs/protocol/evidence.ts';
import type { MemberStatus } from '../core/ports.ts';
import { type MemberMetricsFacts, memberMetrics } from './member-metrics.ts';
import type { MemberMonitor } from './member-monitor.ts';

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const TRANSACTIONS = [1, 10, 100, 1_000, 10_000];

export interface ConsensusFacts extends MemberMetricsFacts {
  readonly monitor: MemberMonitor;
  readonly final: FinalFeed;
  status(): MemberStatus;
  finalHeight(): bigint;
}

/**
 * The metrics of one member's consensus. Values that the member holds anyway are read at a scrape; only blocks
 * and timeouts are counted.
 */
export function consensusMetrics(metrics: Metrics, facts: ConsensusFacts): void {
  countBlocks(metrics, facts.final);
  countEvents(metrics, facts.monitor);
  showStatus(metrics, facts);
  memberMetrics(metrics, facts);
  showQuorum(metrics, facts);
}

function countBlocks(metrics: Metrics, final: FinalFeed): void {
  const blocks = metrics.counter('btcfed_consensus_blocks_total', {
    help: 'Blocks made final since the start.',
  });
  const transactions = metrics.counter('btcfed_consensus_transactions_total', {
    help: 'Transactions in blocks made final since the start.',
  });
  const sizes = metrics.histogram('btcfed_consensus_block_transactions', {
    help: 'Transactions in a final block.',
    buckets: TRANSACTIONS,
  });
  const interval = metrics.histogram('btcfed_consensus_block_interval_seconds', {
    help: 'Time between two final blocks of this member.',
    buckets: SECONDS,
  });
  let lastMs: number | undefined;
  final.listen({
    ordered: (ordered) => {
      const nowMs = performance.now();
      blocks.add(ordered.length);
      for (const { header } of ordered) {
        transactions.add(header.transactionCount);
        sizes.observe(header.transactionCount);
      }
      if (lastMs !== undefined) interval.observe((nowMs - lastMs) / 1000);
      lastMs = nowMs;
    },
  });
}

function countEvents(metrics: Metrics, monitor: MemberMonitor): void {
  const evidence = metrics.counter('btcfed_consensus_evidence_total', {
    help: 'Evidence of misbehaviour stored since the start. Any is an alarm.',
    labels: ['kind'],
  });
  // From 0 on: an alert sees a counter rise, and not that one begins at 1.
  for (const kind of EVIDENCE_KINDS) evidence.add(0, { kind });
  monitor.onEvidence(({ evidence: { kind } }) => evidence.add(1, { kind }));
  const refused = metrics.counter('btcfed_consensus_refused_messages_total', {
    help: 'Messages of other members that went no further.',
    labels: ['cause'],
  });
  metrics.onScrape(() => {
    for (const [cause, count] of monitor.refusedMessages) refused.follow(Number(count), { cause });
  });
}

function showStatus(metrics: Metrics, { status, finalHeight }: ConsensusFacts): void {
  const gauge = (name: string, help: string) => metrics.gauge(`btcfed_consensus_${name}`, { help });
  const height = gauge('final_height', 'Height of the newest final block.');
  const target = gauge(
    'target_height',
    'Height that is known to be decided: above final_height while catching up.',
  );
  const view = gauge('current_view', 'View that this member is in.');
  const peers = gauge('connected_peers', 'Members whose gateways are connected.');
  const mempool = gauge('mempool_transactions', 'Transactions that wait for a block.');
  const commit = gauge('last_commit_seconds', 'From first seeing to final, of the newest transaction.');
  const halted = gauge('halted_info', '1 while this member signs nothing, see its log: an alarm.');
  const haltHeight = gauge(
    'halt_height',
    'Height behind which this member stops, as its operator asked, which is no alarm; 0: it goes on.',
  );
  const draining = gauge(
    'draining_info',
    '1 while this member takes no new transactions, as its operator asked.',
  );
  const behind = gauge('catching_up_info', '1 while this member fetches blocks and does not vote.');
  const timeouts = metrics.counter('btcfed_consensus_view_timeouts_total', {
    help: 'Views that ended by timeout, as far as this member saw them.',
  });
  metrics.onScrape(() => {
    const now = status();
    height.set(Number(finalHeight()));
    target.set(Number(now.targetHeight));
    view.set(Number(now.view));
    peers.set(now.connectedPeers);
    mempool.set(now.mempoolTransactions);
    commit.set(now.lastCommitMs / 1000);
    halted.set(now.mode === 'halted' && !now.halt?.isReached ? 1 : 0);
    haltHeight.set(Number(now.halt?.height ?? 0n));
    draining.set(now.isDraining ? 1 : 0);
    behind.set(now.mode === 'catching-up' ? 1 : 0);
    timeouts.follow(Number(now.timedOutViews));
  });
}

function showQuorum(metrics: Metrics, { status }: ConsensusFacts): void {
  const gauge = (name: string, help: string) => metrics.gauge(`btcfed_consensus_${name}`, { help });
  const reached = gauge(
    'quorum_reachable_info',
    '1 while enough members are reachable to decide a block; 0 is an alarm.',
  );
  const reachable = gauge('reachable_weight', 'Weight of the members that are reachable, this one included.');
  const needed = gauge('quorum_weight', 'Weight that decides a block.');
  metrics.onScrape(() => {
    const { quorum } = status();
    reached.set(isQuorumReached(quorum) ? 1 : 0);
    reachable.set(Number(quorum.reachableWeight));
    needed.set(Number(quorum.neededWeight));
  });
}
