import { toMemberIndex } from '#libs/chain/ids.ts';
import type { Metrics } from '#libs/metrics/metrics.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { MemberStatus } from '../core/ports.ts';

/** The facts that this member knows of each member. */
export interface MemberMetricsFacts {
  /** The set of the members in force. */
  set(): ValidatorSet;
  /** Commit certificate of the newest final block: its signers took part. */
  tipCertificate(): QuorumCertificate;
  status(): Pick<MemberStatus, 'tally'>;
}

/** The members by name: the signers of the last block, and those whose votes are here. */
export function memberMetrics(metrics: Metrics, seen: MemberMetricsFacts): void {
  showSigners(metrics, seen);
  showVotes(metrics, seen);
}

/** One series for each member of the federation, 512 at most. */
function showSigners(metrics: Metrics, { set, tipCertificate }: MemberMetricsFacts): void {
  const members = metrics.gauge('btcfed_consensus_members', { help: 'Members of the federation.' });
  const missing = metrics.gauge('btcfed_consensus_missing_members', {
    help: 'Members that did not sign the newest final block; up to n - quorum is ordinary.',
  });
  const lastSigned = metrics.gauge('btcfed_consensus_member_last_signed_height', {
    help: 'Newest height that a member was seen to sign, at a scrape. One that stands still shows a member that is away.',
    labels: ['of_member'],
  });
  metrics.onScrape(() => {
    const { signatures, height } = tipCertificate();
    members.set(set().members.length);
    missing.set(set().members.length - signatures.length);
    for (const { member } of signatures) {
      lastSigned.set(Number(height), { of_member: set().members[member]?.name ?? String(member) });
    }
  });
}

/** One series for each member and step of a view, some 1,500 at most. */
function showVotes(metrics: Metrics, { set, status }: MemberMetricsFacts): void {
  const held = metrics.gauge('btcfed_consensus_vote_held_info', {
    help: '1 while the verified vote of a member in a step of the view at hand is here, alone or in a certificate.',
    labels: ['step', 'of_member'],
  });
  metrics.onScrape(() => {
    held.clear();
    const { steps } = status().tally();
    for (const { kind: step, voters } of steps) {
      const voted = new Set(voters);
      for (const [index, { name }] of set().members.entries())
        held.set(voted.has(toMemberIndex(index)) ? 1 : 0, { step, of_member: name });
    }
  });
}
