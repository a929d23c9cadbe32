import { AppError } from '#libs/errors/app-error.ts';
import type { Metrics } from '#libs/metrics/metrics.ts';
import type { GetSignerResponse } from '#libs/proto/btcfed/signer/v1/signer_service.ts';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** What the core says of itself: views, sessions, rows, and whether it signs. */
type SignerFacts = Pick<
  GetSignerResponse,
  'lastView' | 'lockView' | 'provenView' | 'session' | 'mode' | 'locked' | 'auditHead'
>;

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
  const faults = metrics.counter('btcfed_signer_fault_detected_total', {
    help: 'Signatures that the machine computed wrongly. Page on any: the key signs no more.',
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
        const code = error instanceof AppError ? error.detail.code : 'INTERNAL';
        refused.add(1, { code });
        if (code === 'SIGNER_FAULT_DETECTED') faults.add(1);
        throw error;
      }
    },
  };
}

/**
 * How far the key is, asked at each scrape: shown is what the last answer said, or, when the core gave none, that it does
 * not sign.
 */
export function followSigner(metrics: Metrics, ask: () => Promise<SignerFacts>): void {
  const gauge = (name: string, help: string) => metrics.gauge(`btcfed_signer_${name}`, { help });
  const mark = gauge('mark_view', 'Newest view that was signed in.');
  const lock = gauge('lock_view', 'View that the key is locked on.');
  const proven = gauge('proven_view', 'Highest view known to be proved.');
  const sessions = gauge(
    'session_count',
    'Sessions ever opened: more than starts of consensus means two of them.',
  );
  const rows = gauge('audit_rows_count', 'Rows of the audit log.');
  const signing = gauge('signing_info', '1 while it signs; 0 when locked, in quarantine, retired or silent.');
  const take = ({ lastView, lockView, provenView, session, auditHead, mode, locked }: SignerFacts): void => {
    mark.set(Number(lastView));
    lock.set(Number(lockView));
    proven.set(Number(provenView));
    sessions.set(Number(session));
    rows.set(Number(auditHead?.sequence ?? 0n));
    signing.set(mode === 'active' && !locked ? 1 : 0);
  };
  metrics.onScrape(() => void ask().then(take, () => signing.set(0)));
}
