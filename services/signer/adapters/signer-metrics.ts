import { AppError } from '#libs/errors/app-error.ts';
import type { Metrics } from '#libs/metrics/metrics.ts';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export interface SignerMeter {
  /** Counts one request by its end, and takes its time when it was signed. Ends as `work` does. */
  measure<Answer>(kind: string, work: () => Promise<Answer>): Promise<Answer>;
}

/** The numbers of a signer: what it signed and how long that took, and what it refused and why. Never what was in it. */
export function signerMetrics(metrics: Metrics): SignerMeter {
  const signed = metrics.counter('btcfed_signer_signatures_total', {
    help: 'Requests that were answered with a signature.',
    labels: ['kind'],
  });
  const refused = metrics.counter('btcfed_signer_refusals_total', {
    help: 'Requests that were refused, by the code of the refusal.',
    labels: ['code'],
  });
  const seconds = metrics.histogram('btcfed_signer_sign_seconds', {
    help: 'From request to signature, the record on the disk and the wait for a core included.',
    buckets: SECONDS,
  });
  return {
    async measure(kind, work) {
      const startMs = performance.now();
      try {
        const answer = await work();
        seconds.observe((performance.now() - startMs) / 1000);
        signed.add(1, { kind });
        return answer;
      } catch (error) {
        refused.add(1, { code: error instanceof AppError ? error.detail.code : 'INTERNAL' });
        throw error;
      }
    },
  };
}
