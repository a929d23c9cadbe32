import type { VerifierCounts } from '#libs/crypto/batch-verifier.ts';
import type { Metrics } from '#libs/metrics/metrics.ts';
import type { EventOutbox } from './event-outbox.ts';

const WAIT_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** A sync of a disk that is well takes a third of a millisecond. */
const DISK_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1];
const MS_PER_SECOND = 1_000;

/** A durable write of the chain store: the safety record, or the blocks that a certificate decides. */
export type StoreSync = 'record' | 'blocks';

/** The parts of a member that keep count of their work themselves. */
interface WorkFacts {
  verifications(): VerifierCounts;
  /** Frames for members that were dropped before the gateway had them. */
  droppedFrames(): number;
  /** Undefined where no events are published. */
  readonly outbox: Pick<EventOutbox, 'lag'> | undefined;
}

/** The figures of the work that a decision costs, and of the queues on its way. */
export interface WorkMetrics {
  /** A verification waited so long for others. */
  verificationWaited(waitMs: number): void;
  /** The store wrote durably, and this thread waited for it. */
  synced(what: StoreSync, durationMs: number): void;
  /** Shows the counts of the parts, from now on. */
  follow(facts: WorkFacts): void;
}

export function workMetrics(metrics: Metrics): WorkMetrics {
  const wait = metrics.histogram('btcfed_consensus_verification_wait_seconds', {
    help: 'Wait of the verification of a signature for others.',
    buckets: WAIT_SECONDS,
  });
  const sync = metrics.histogram('btcfed_consensus_storage_sync_seconds', {
    help: 'Durable writes of the chain store, which block all else: the safety record, and decided blocks.',
    buckets: DISK_SECONDS,
    labels: ['what'],
  });
  return {
    verificationWaited: (waitMs) => wait.observe(waitMs / MS_PER_SECOND),
    synced: (what, durationMs) => sync.observe(durationMs / MS_PER_SECOND, { what }),
    follow: (facts) => showWork(metrics, facts),
  };
}

function showWork(metrics: Metrics, { verifications, droppedFrames, outbox }: WorkFacts): void {
  const verified = metrics.counter('btcfed_consensus_verifications_total', {
    help: 'Signatures judged: verified, refused (false), or cached, which costs nothing.',
    labels: ['result'],
  });
  const dropped = metrics.counter('btcfed_consensus_dropped_frames_total', {
    help: 'Frames for members that were dropped because the gateway did not take them, or one member asked for too many.',
  });
  const unpublished = metrics.gauge('btcfed_consensus_unpublished_blocks', {
    help: 'Executed blocks whose facts NATS does not have yet; 0 where events are off.',
  });
  const lag = metrics.gauge('btcfed_consensus_event_lag_seconds', {
    help: 'Time since NATS took facts last, while some wait; 0 while none waits.',
  });
  metrics.onScrape(() => {
    const counts = verifications();
    for (const result of ['verified', 'cached', 'refused'] as const)
      verified.follow(counts[result], { result });
    dropped.follow(droppedFrames());
    const { blocks, waitMs } = outbox?.lag() ?? { blocks: 0n, waitMs: 0 };
    unpublished.set(Number(blocks));
    lag.set(waitMs / MS_PER_SECOND);
  });
}
