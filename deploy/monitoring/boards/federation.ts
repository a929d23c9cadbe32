import type { Board } from './board.ts';
import { chosen, mostOf, perSecond } from './queries.ts';

/** All members side by side: does the chain go on, and who holds it up? */
export const FEDERATION: Board = {
  name: 'federation',
  title: 'BTC federation',
  description: 'All members side by side: whether blocks are decided, how fast, and who is away or behind.',
  panels: [
    {
      title: 'Final height',
      description: 'Height of the newest block that a member has as final.',
      unit: 'none',
      query: `max(${chosen('btcfed_consensus_final_height')})`,
      legend: 'height',
      isFigure: true,
    },
    {
      title: 'Members that see a quorum',
      description: 'How many members reach enough others to decide a block.',
      unit: 'none',
      query: `sum(${chosen('btcfed_consensus_quorum_reachable_info')})`,
      legend: 'members',
      isFigure: true,
    },
    {
      title: 'Members',
      description: 'Members of the federation, as its members know it.',
      unit: 'none',
      query: `max(${chosen('btcfed_consensus_members')})`,
      legend: 'members',
      isFigure: true,
    },
    {
      title: 'Halted',
      description: 'Members that sign nothing more. Any is an alarm: runbook MemberHalted.',
      unit: 'none',
      query: `sum(${chosen('btcfed_consensus_halted_info')})`,
      legend: 'halted',
      isFigure: true,
      redFrom: 1,
    },
    {
      title: 'Evidence',
      description:
        'Proofs of misbehaviour that were stored since the starts. Any is an alarm: runbook MisbehaviourProved.',
      unit: 'none',
      query: `max(sum by (member) (${chosen('btcfed_consensus_evidence_total')}))`,
      legend: 'evidence',
      isFigure: true,
      redFrom: 1,
    },
    {
      title: 'Waiting transactions',
      description: 'Transactions in the fullest mempool.',
      unit: 'short',
      query: `max(${chosen('btcfed_consensus_mempool_transactions')})`,
      legend: 'transactions',
      isFigure: true,
    },
    {
      title: 'Height of each member',
      description: 'One line below the others is a member that is behind; one that ends is not scraped.',
      unit: 'none',
      query: chosen('btcfed_consensus_final_height'),
      legend: '{{member}}',
    },
    {
      title: 'Blocks behind',
      description: 'Blocks that are known to be decided and are not here yet: runbook MemberBehind.',
      unit: 'short',
      query: `${chosen('btcfed_consensus_target_height')} - ${chosen('btcfed_consensus_final_height')}`,
      legend: '{{member}}',
    },
    {
      title: 'Final transactions a second',
      description: 'As each member counts them; a member that catches up counts those of the past.',
      unit: 'ops',
      query: perSecond('btcfed_consensus_transactions_total'),
      legend: '{{member}}',
    },
    {
      title: 'Blocks a second',
      description: 'An idle federation makes none, where its protocol makes no empty blocks.',
      unit: 'ops',
      query: perSecond('btcfed_consensus_blocks_total'),
      legend: '{{member}}',
    },
    {
      title: 'Time between blocks',
      description:
        '95 of 100 intervals between two final blocks are shorter. Without work it grows, and nothing is wrong.',
      unit: 's',
      query: mostOf('btcfed_consensus_block_interval_seconds', 'member'),
      legend: '{{member}}',
    },
    {
      title: 'From submission to final',
      description: 'Of the newest final transaction, from when this member saw it first.',
      unit: 's',
      query: chosen('btcfed_consensus_last_commit_seconds'),
      legend: '{{member}}',
    },
    {
      title: 'Waiting transactions of each member',
      description:
        'Gossip brings a transaction to all mempools; it waits while no block takes it: runbook TransactionsWait.',
      unit: 'short',
      query: chosen('btcfed_consensus_mempool_transactions'),
      legend: '{{member}}',
    },
    {
      title: 'Views that failed',
      description:
        'Views that ended by timeout, a second: a leader is down, or views are too short: runbook ViewsTimeOut.',
      unit: 'ops',
      query: perSecond('btcfed_consensus_view_timeouts_total'),
      legend: '{{member}}',
    },
    {
      title: 'Reachable weight above a quorum',
      description:
        'How much more may be lost until no block is decided. 0: runbook MembersMissing. Below: QuorumLost.',
      unit: 'none',
      query: `${chosen('btcfed_consensus_reachable_weight')} - ${chosen('btcfed_consensus_quorum_weight')}`,
      legend: '{{member}}',
    },
    {
      title: 'Newest signature of each member',
      description:
        'Newest height that a member was seen to sign. A line that stands still while others rise is a member that is away.',
      unit: 'none',
      query: `max by (of_member) (${chosen('btcfed_consensus_member_last_signed_height')})`,
      legend: '{{of_member}}',
    },
    {
      title: 'Members that did not sign',
      description: 'Members without a signature in the newest final block. Up to n - quorum is ordinary.',
      unit: 'none',
      query: chosen('btcfed_consensus_missing_members'),
      legend: '{{member}}',
    },
  ],
};
