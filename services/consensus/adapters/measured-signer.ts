import type { FinalFeed } from '#libs/engine/ports/final-channel.ts';
import type { Metrics } from '#libs/metrics/metrics.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { baselineMetrics } from './baseline-metrics.ts';
import type { PeerLink } from './peer-link.ts';
import type { SignerGate } from './signer-gate.ts';

interface MeasuredParts {
  readonly gateway: Pick<PeerLink, 'traffic'>;
  readonly final: FinalFeed;
  /** The votes of the current epoch. */
  readonly votes: () => VoteTable;
}

/** The same signer, with metrics: the times of its requests tell how long the phases of a view take. */
export function measured(
  signer: Pick<SignerGate, 'sign'>,
  metrics: Metrics,
  { gateway, final, votes }: MeasuredParts,
): Pick<SignerGate, 'sign'> {
  const { signs } = baselineMetrics(metrics, {
    traffic: () => gateway.traffic,
    final,
    votes,
    nowMs: () => performance.now(),
  });
  return {
    sign: (order, done) => {
      signs(order.statement);
      signer.sign(order, done);
    },
  };
}
