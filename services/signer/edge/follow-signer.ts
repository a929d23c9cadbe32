import type { Metrics } from '#libs/metrics/metrics.ts';
import type { GetSignerResponse } from '#libs/proto/btcfed/signer/v1/signer_service.ts';

/** The core's own figures: views, sessions, rows, and whether it signs. */
type SignerFacts = Pick<
  GetSignerResponse,
  | 'lastView'
  | 'lockView'
  | 'provenView'
  | 'session'
  | 'mode'
  | 'locked'
  | 'auditHead'
  | 'startCount'
  | 'verifier'
>;

/**
 * The progress of the key, asked for at each scrape. The metrics show the last answer, or, when the core gave
 * none, that it does not sign. A scrape waits for the answer as long as it waits for anything.
 */
export function followSigner(metrics: Metrics, ask: () => Promise<SignerFacts>): void {
  const gauge = (name: string, help: string) => metrics.gauge(`btcfed_signer_${name}`, { help });
  const mark = gauge('mark_view', 'Newest view that was signed in.');
  const lock = gauge('lock_view', 'View that the key is locked on.');
  const proven = gauge('proven_view', 'Highest view known to be proved.');
  const sessions = gauge(
    'sessions',
    'Sessions ever opened: more than starts of consensus means two of them.',
  );
  const rows = gauge('audit_rows', 'Rows of the audit log. Fewer than before: the record was set back.');
  const starts = gauge('starts', 'Starts that the audit log knows. Fewer than before: it was set back.');
  const signing = gauge(
    'signing_info',
    '1 while it signs; 0 when locked, in quarantine, retired or silent. Page on 0.',
  );
  const verifier = verifierMetrics(metrics);
  const take = (facts: SignerFacts): void => {
    mark.set(Number(facts.lastView));
    lock.set(Number(facts.lockView));
    proven.set(Number(facts.provenView));
    sessions.set(Number(facts.session));
    rows.set(Number(facts.auditHead?.sequence ?? 0n));
    starts.set(Number(facts.startCount));
    signing.set(facts.mode === 'active' && !facts.locked ? 1 : 0);
    verifier(facts.verifier);
  };
  metrics.onScrape(() => ask().then(take, () => signing.set(0)));
}

function verifierMetrics(metrics: Metrics): (counts: SignerFacts['verifier']) => void {
  const remembered = metrics.gauge('btcfed_signer_cached_signatures', {
    help: 'Verified signatures that are remembered.',
  });
  const shown = metrics.counter('btcfed_signer_shown_signatures_total', {
    help: 'Signatures in certificates and proposals since the core started: verified, cached (known from before), refused (false).',
    labels: ['result'],
  });
  return (counts) => {
    if (counts === undefined) return;
    remembered.set(Number(counts.remembered));
    for (const result of ['verified', 'cached', 'refused'] as const)
      shown.follow(Number(counts[result]), { result });
  };
}
