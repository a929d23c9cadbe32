import type { Board } from './board.ts';
import { chosen } from './queries.ts';

/** In one look: what state one member is in. */
export const STATE_OF_MEMBER: Board['panels'] = [
  {
    title: 'Sees a quorum',
    description: 'Whether it reaches enough members to decide a block: runbook QuorumLost.',
    unit: 'bool_yes_no',
    query: `min(${chosen('btcfed_consensus_quorum_reachable_info')})`,
    legend: 'quorum',
    isFigure: true,
    redBelow: 1,
  },
  {
    title: 'Halted',
    description: 'Whether it signs nothing more; `btcfed status` says why: runbook MemberHalted.',
    unit: 'bool_yes_no',
    query: `max(${chosen('btcfed_consensus_halted_info')})`,
    legend: 'halted',
    isFigure: true,
    redFrom: 1,
  },
  {
    title: 'Catches up',
    description: 'Whether it fetches blocks of the past and does not vote meanwhile.',
    unit: 'bool_yes_no',
    query: `max(${chosen('btcfed_consensus_catching_up_info')})`,
    legend: 'catching up',
    isFigure: true,
  },
  {
    title: 'Drained',
    description:
      'Whether it takes no new transactions, because its operator drained it; it votes on: runbook MemberDrained.',
    unit: 'bool_yes_no',
    query: `max(${chosen('btcfed_consensus_draining_info')})`,
    legend: 'drained',
    isFigure: true,
  },
  {
    title: 'Configurations since the start',
    description: 'Each change of conf.yaml or peers.yaml that came into force is one more.',
    unit: 'none',
    query: `max(${chosen('btcfed_config_generations_total')})`,
    legend: 'configurations',
    isFigure: true,
  },
  {
    title: 'Codes of its diagnosis',
    description:
      'Each code that it tells now, as `btcfed diagnose` does, with what to type: runbooks DiagnosisCritical and DiagnosisWarning.',
    unit: 'none',
    query: `${chosen('btcfed_consensus_diagnosis_info')} > 0`,
    legend: '{{member}} {{code}}',
  },
];
