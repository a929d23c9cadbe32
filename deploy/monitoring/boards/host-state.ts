import type { Board } from './board.ts';
import { chosen } from './queries.ts';

/** In one look: what is left of the machines, and what runs there. */
export const STATE_OF_HOST: Board['panels'] = [
  {
    title: 'Least room on a disk',
    description: 'The share of the fullest disk that is left: runbook DiskNearlyFull.',
    unit: 'percentunit',
    query: `min(${chosen('btcfed_disk_available_bytes')} / ${chosen('btcfed_disk_size_bytes')})`,
    legend: 'left',
    isFigure: true,
    redBelow: 0.05,
  },
  {
    title: 'First certificate to expire',
    description:
      'Time that it is still valid: runbook CertificateExpiresSoon, which minds how long it lives at all.',
    unit: 's',
    query: `min(${chosen('btcfed_certificate_not_after_seconds')} - time())`,
    legend: 'left',
    isFigure: true,
    redBelow: 86400,
  },
  {
    title: 'Processes',
    description: 'Services that are scraped: four for each member.',
    unit: 'none',
    query: `count(${chosen('btcfed_build_info')})`,
    legend: 'processes',
    isFigure: true,
  },
  {
    title: 'Services that show nothing',
    description: 'Of the nodes whose page is scraped: down, paused or stuck: runbook ServiceDown.',
    unit: 'none',
    query: `sum(1 - ${chosen('btcfed_node_service_up_info')})`,
    legend: 'services',
    isFigure: true,
    redFrom: 1,
  },
  {
    title: 'Youngest process',
    description: 'Time since the last start of any service.',
    unit: 's',
    query: `min(time() - ${chosen('process_start_time_seconds')})`,
    legend: 'runs for',
    isFigure: true,
  },
];
