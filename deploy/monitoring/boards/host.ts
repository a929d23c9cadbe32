import type { Board } from './board.ts';
import { STATE_OF_HOST } from './host-state.ts';
import { chosen, perSecond } from './queries.ts';

const BY_PROCESS = '{{member}} {{service}}';

/** The machines: their load by the processes, and the rest. */
export const HOST: Board = {
  name: 'host',
  title: 'BTC federation: host',
  description:
    'The machines of the members: processor, memory, disks, files and certificates of each service.',
  panels: [
    ...STATE_OF_HOST,
    {
      title: 'Processor',
      description: 'Cores that a service keeps busy. Signing and verifying are most of it.',
      unit: 'short',
      query: perSecond('process_cpu_seconds_total'),
      legend: BY_PROCESS,
    },
    {
      title: 'Memory',
      description: 'What a service has of the memory of the machine.',
      unit: 'bytes',
      query: chosen('process_resident_memory_bytes'),
      legend: BY_PROCESS,
    },
    {
      title: 'Heap of JavaScript',
      description: 'One that only grows is a mistake of ours.',
      unit: 'bytes',
      query: chosen('nodejs_heap_size_used_bytes'),
      legend: BY_PROCESS,
    },
    {
      title: 'Delay of the event loop',
      description:
        '99 of 100 turns come sooner. Above a second the machine has too few cores for its members.',
      unit: 's',
      query: chosen('nodejs_eventloop_lag_p99_seconds'),
      legend: BY_PROCESS,
    },
    {
      title: 'Time for garbage',
      description: 'The share of the time in which a service does nothing but collect garbage.',
      unit: 'percentunit',
      query: `sum by (member, service) (${perSecond('nodejs_gc_duration_seconds_sum')})`,
      legend: BY_PROCESS,
    },
    {
      title: 'Open files',
      description: 'The share of the files that a service may open.',
      unit: 'percentunit',
      query: `${chosen('process_open_fds')} / ${chosen('process_max_fds')}`,
      legend: BY_PROCESS,
    },
    {
      title: 'Room on the disks',
      description: 'What a service may still write, by the folder that lies there: runbook DiskFillsUp.',
      unit: 'bytes',
      query: chosen('btcfed_disk_available_bytes'),
      legend: '{{member}} {{folder}}',
    },
    {
      title: 'Certificates',
      description: 'Time that each is still valid.',
      unit: 's',
      query: `${chosen('btcfed_certificate_not_after_seconds')} - time()`,
      legend: '{{member}} {{service}} {{certificate}}',
    },
    {
      title: 'Life of certificates that is left',
      description: 'The part of its whole life that each has still. Renewed in time it stays above a third.',
      unit: 'percentunit',
      query: `(${chosen('btcfed_certificate_not_after_seconds')} - time()) / (${chosen('btcfed_certificate_not_after_seconds')} - ${chosen('btcfed_certificate_not_before_seconds')})`,
      legend: '{{member}} {{service}} {{certificate}}',
    },
    {
      title: 'Bytes written to storage a second',
      description: 'By consensus, on Linux.',
      unit: 'Bps',
      query: perSecond('btcfed_consensus_storage_written_bytes_total'),
      legend: '{{member}}',
    },
    {
      title: 'Bytes read from storage a second',
      description:
        'By consensus, on Linux. A member that reads much serves others, or has too little memory.',
      unit: 'Bps',
      query: perSecond('btcfed_consensus_storage_read_bytes_total'),
      legend: '{{member}}',
    },
    {
      title: 'Spans a second',
      description:
        'Spans for a collector, by their fate; 0 where tracing is off. Failed ones: it did not take them.',
      unit: 'ops',
      query: `sum by (member, service, result) (${perSecond('btcfed_tracing_spans_total')})`,
      legend: `${BY_PROCESS} {{result}}`,
    },
    {
      title: 'Calls with a bad traceparent',
      description: 'Calls that were served although their traceparent is none, since the start.',
      unit: 'short',
      query: chosen('btcfed_grpc_malformed_traceparents_total'),
      legend: BY_PROCESS,
    },
    {
      title: 'Versions',
      description: 'How many members run which version. Two at once are an update that is under way.',
      unit: 'none',
      query: `count by (version) (${chosen('btcfed_build_info', 'service="consensus"')})`,
      legend: '{{version}}',
    },
  ],
};
