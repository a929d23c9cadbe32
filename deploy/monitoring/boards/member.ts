import type { Board } from './board.ts';
import { STATE_OF_MEMBER } from './member-state.ts';
import { chosen, mostOf, perSecond } from './queries.ts';

/** One member from inside: choose it at the top. */
export const MEMBER: Board = {
  name: 'member',
  title: 'BTC federation: member',
  description: 'One member from inside: what it does, where its time goes, what waits. Choose it at the top.',
  panels: [
    ...STATE_OF_MEMBER,
    {
      title: 'Height',
      description: 'Height of its newest final block.',
      unit: 'none',
      query: chosen('btcfed_consensus_final_height'),
      legend: '{{member}}',
    },
    {
      title: 'Stops behind height',
      description: 'The height behind which it stops, as its operator asked. 0: it goes on.',
      unit: 'none',
      query: chosen('btcfed_consensus_halt_height'),
      legend: '{{member}}',
    },
    {
      title: 'View',
      description: 'The view that it is in. It rises without blocks while views fail.',
      unit: 'none',
      query: chosen('btcfed_consensus_current_view'),
      legend: '{{member}}',
    },
    {
      title: 'Time of each phase',
      description:
        '95 of 100 are shorter, from its vote in a phase to the next or to the decision: runbook PhasesSlow.',
      unit: 's',
      query: mostOf('btcfed_consensus_phase_seconds', 'member', 'phase'),
      legend: '{{member}} {{phase}}',
    },
    {
      title: 'Transactions of a block',
      description: '95 of 100 blocks have fewer.',
      unit: 'short',
      query: mostOf('btcfed_consensus_block_transactions', 'member'),
      legend: '{{member}}',
    },
    {
      title: 'Votes of the view at hand',
      description:
        'Verified votes that it holds, by their step. Which members they are of: btcfed_consensus_vote_held_info.',
      unit: 'none',
      query: `sum by (member, step) (${chosen('btcfed_consensus_vote_held_info')})`,
      legend: '{{member}} {{step}}',
    },
    {
      title: 'Messages that went no further',
      description:
        'Messages of others that it refused, a second, by the cause. Some are ordinary when members come back.',
      unit: 'ops',
      query: `sum by (member, cause) (${perSecond('btcfed_consensus_refused_messages_total')})`,
      legend: '{{member}} {{cause}}',
    },
    {
      title: 'Signatures judged',
      description:
        'A second, by the result. Refused ones come from a member that lies or is of another chain.',
      unit: 'ops',
      query: `sum by (member, result) (${perSecond('btcfed_consensus_verifications_total')})`,
      legend: '{{member}} {{result}}',
    },
    {
      title: 'Wait of a verification',
      description:
        '95 of 100 signatures wait less for others before they are verified. More cores make it shorter.',
      unit: 's',
      query: mostOf('btcfed_consensus_verification_wait_seconds', 'member'),
      legend: '{{member}}',
    },
    {
      title: 'Durable writes of the chain',
      description: '95 of 100 are shorter; all else waits for them: runbook ChainDiskSlow.',
      unit: 's',
      query: mostOf('btcfed_consensus_storage_sync_seconds', 'member', 'what'),
      legend: '{{member}} {{what}}',
    },
    {
      title: 'Blocks that NATS does not have',
      description:
        'Executed blocks whose facts wait. Nothing in the federation waits for them: runbook EventsLag.',
      unit: 'short',
      query: chosen('btcfed_consensus_unpublished_blocks'),
      legend: '{{member}}',
    },
    {
      title: 'Age of the events that wait',
      description: 'Time since NATS took facts last, while some wait; 0 while none waits.',
      unit: 's',
      query: chosen('btcfed_consensus_event_lag_seconds'),
      legend: '{{member}}',
    },
    {
      title: 'Calls of its services',
      description:
        'Calls that ended, a second, by their status. INTERNAL and DATA_LOSS are faults of ours: runbook CallsFail.',
      unit: 'ops',
      query: `sum by (member, service, code) (${perSecond('btcfed_grpc_requests_total')})`,
      legend: '{{member}} {{service}} {{code}}',
    },
    {
      title: 'Time of a call',
      description: '95 of 100 calls that have one question and one answer are faster.',
      unit: 's',
      query: mostOf('btcfed_grpc_request_seconds', 'member', 'service'),
      legend: '{{member}} {{service}}',
    },
  ],
};
