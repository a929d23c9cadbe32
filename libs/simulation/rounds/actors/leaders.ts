import { type MemberIndex, toView } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { LeaveCertificate } from '#libs/protocol/leave-certificate.ts';
import type { RoundsMessage, RoundsProposal, RoundsVote } from '#libs/protocol/rounds/message.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { others } from '../../liars/any-message.ts';
import { type RoundsActor, type RoundsTools, signedAnew } from './voters.ts';

/** A block beside the one that an honest leader would have proposed, signed as its proposal. */
export function beside(
  tools: RoundsTools,
  table: VoteTable,
  proposal: RoundsProposal,
): RoundsProposal | undefined {
  const { view, block } = proposal;
  const made = tools.makeBlock(view, block.header.parent, `beside ${block.header.height}/${view}`);
  return made && signedAnew(tools, table, { ...proposal, block: made });
}

/** Proposes one block to some members and another to the rest; now and then both to everyone, and votes for both. */
export function equivocatingLeader(table: VoteTable) {
  return (tools: RoundsTools): RoundsActor => {
    const propose = (member: MemberIndex, proposal: RoundsProposal): void => {
      tools.send(member, proposal);
      for (const vote of votesFor(tools, table, proposal)) tools.send(member, vote);
    };
    const lie = (proposals: readonly RoundsProposal[]): void => {
      const first = tools.random.chance(0.3) ? 0 : 1;
      for (const member of others(tools)) {
        for (const each of tools.random.shuffle(proposals).slice(first)) propose(member, each);
      }
    };
    return {
      outgoing: (to, message) => {
        const other = message.kind === 'proposal' ? beside(tools, table, message) : undefined;
        if (message.kind === 'proposal' && other !== undefined) lie([message, other]);
        else tools.send(to, message);
      },
    };
  };
}

/** The votes of the liar for a proposal, in each step. */
function votesFor(tools: RoundsTools, table: VoteTable, proposal: RoundsProposal): readonly RoundsVote[] {
  const { height, view, block, signature } = proposal;
  const vote = { kind: 'vote', height, view, digest: block.digest, member: tools.me, signature } as const;
  return [table.prepared, table.decides].map((step) => signedAnew(tools, table, { ...vote, step }));
}

/** Proposes a new block where the reports demand another, with the proof that says so, with one that hides it, or with none. */
export function misjustifyingLeader(table: VoteTable) {
  return (tools: RoundsTools): RoundsActor => ({
    outgoing: (to, message) => {
      const other = message.kind === 'proposal' ? beside(tools, table, message) : undefined;
      if (message.kind !== 'proposal' || other === undefined) return tools.send(to, message);
      const { leave } = message;
      const hidden = leave && { ...leave, high: undefined };
      const thin = leave && withoutReports(leave);
      tools.send(to, { ...other, leave: tools.random.pick([leave, hidden, thin, undefined]) });
    },
  });
}

/** The shares of those alone that reported nothing. */
function withoutReports(leave: LeaveCertificate): LeaveCertificate {
  return { ...leave, high: undefined, shares: leave.shares.filter(({ reports }) => reports.length === 0) };
}

/** Proposes in the views of others, as soon as it hears of them. */
export function usurpingLeader(table: VoteTable) {
  return (tools: RoundsTools): RoundsActor => ({
    outgoing: (to, message) => tools.send(to, message),
    incoming: (_from, message) => {
      const other = message.kind === 'proposal' ? beside(tools, table, message) : undefined;
      if (other !== undefined) tools.send('all', other);
    },
  });
}

/**
 * Shows certificates that prove nothing: of a quorum of first votes as a decision, of another view, of too few; and hides true ones, which it shows
 * to a single member each.
 */
export function forgingRounds(table: VoteTable) {
  return (tools: RoundsTools): RoundsActor => {
    const seen: QuorumCertificate[] = [];
    const see = (message: RoundsMessage): void => {
      if (message.kind === 'certificate') seen.push(message.certificate);
      if (message.kind === 'leave' && message.prepared !== undefined) seen.push(message.prepared);
      if (seen.length > 50) seen.shift();
    };
    const forge = (): void => {
      if (seen.length === 0) return;
      const real = tools.random.pick(seen);
      const forged = tools.random.pick([
        { ...real, kind: table.decides },
        { ...real, view: toView(real.view + 1n) },
        { ...real, signatures: real.signatures.slice(1) },
        { ...real, instance: real.instance + 1n },
        real,
      ]);
      tools.send(tools.random.pick(others(tools)), { kind: 'certificate', certificate: forged });
    };
    return {
      outgoing: (to, message) => {
        see(message);
        forge();
        tools.send(to, message);
      },
      incoming: (_from, message) => see(message),
    };
  };
}
