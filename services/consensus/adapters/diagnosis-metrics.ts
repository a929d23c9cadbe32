import { DIAGNOSES } from '#libs/diagnosis/codes.ts';
import type { Finding } from '#libs/diagnosis/finding.ts';
import type { Metrics } from '#libs/metrics/metrics.ts';
import { OWN_CODES } from '../core/diagnosis/own-codes.ts';

/**
 * The findings of the call Diagnose as a gauge. One series for each code that there is: an alert sees it end, too.
 *
 * @param findings - The very answer of that call, asked for at each scrape.
 */
export function diagnosisMetrics(metrics: Metrics, findings: () => readonly Finding[]): void {
  const gauge = metrics.gauge('btcfed_consensus_diagnosis_info', {
    help: '1 for each code that the call Diagnose tells of this member now, 0 for the others; services/cli/README.md explains each code.',
    labels: ['code', 'severity'],
  });
  metrics.onScrape(() => {
    const found = new Set(findings().map(({ code }) => code));
    for (const code of OWN_CODES) {
      const { severity } = DIAGNOSES[code];
      gauge.set(found.has(code) ? 1 : 0, { code, severity });
    }
  });
}
