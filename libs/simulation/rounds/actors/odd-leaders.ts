import type { Digest } from '#libs/chain/ids.ts';
import type { LeaveCertificate } from '#libs/protocol/leave-certificate.ts';
import type { RoundsMessage, RoundsProposal } from '#libs/protocol/rounds/message.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { others } from '../../liars/any-message.ts';
import { misdated, withWrongBody, withWrongRoot } from '../../liars/odd-blocks.ts';
import { beside } from './leaders.ts';
import { type RoundsActor, type RoundsTools, signedAnew } from './voters.ts';

const KEPT_MAX = 16;

/** Proposes blocks that break the rules of the chain, or the right header with the wrong body (BYZ-03). */
export function invalidRounds(table: VoteTable) {
  const wrongOf = (tools: RoundsTools, proposal: RoundsProposal): RoundsProposal =>
    tools.random.chance(0.5)
      ? signedAnew(tools, table, { ...proposal, block: withWrongRoot(proposal.block) })
      : { ...proposal, block: withWrongBody(proposal.block) };
  return lyingLeader((tools, proposal) => {
    const wrong = wrongOf(tools, proposal);
    const share = tools.random.pick([0.6, 1]);
    for (const member of others(tools)) tools.send(member, tools.random.chance(share) ? wrong : proposal);
  });
}

/** Gives its blocks any date. Nothing may rest on it. */
export function misdatingRounds(table: VoteTable) {
  return lyingLeader((tools, proposal) => {
    const block = misdated(tools.random, proposal.block);
    tools.send('all', signedAnew(tools, table, { ...proposal, block }));
  });
}

/** Sends the proposals that stand for the one which an honest leader would have sent. */
type Lie = (tools: RoundsTools, proposal: RoundsProposal) => void;

function lyingLeader(lie: Lie): (tools: RoundsTools) => RoundsActor {
  return (tools) => ({
    outgoing: (to, message) => {
      if (message.kind === 'proposal') lie(tools, message);
      else tools.send(to, message);
    },
  });
}

/** Proposes upon an older block, or with the proof of an older view, to undo what was prepared or decided since. */
export function staleRounds(table: VoteTable) {
  return (tools: RoundsTools): RoundsActor => {
    const proofs: LeaveCertificate[] = [];
    const parents: Digest[] = [];
    const keep = <Kept>(list: Kept[], each: Kept): void => {
      list.push(each);
      if (list.length > KEPT_MAX) list.shift();
    };
    const see = (message: RoundsMessage): void => {
      for (const proof of proofsIn(message)) keep(proofs, proof);
      if (message.kind === 'proposal') keep(parents, message.block.header.parent);
    };
    const older = (proposal: RoundsProposal): RoundsProposal | undefined => {
      const parent = tools.random.pick([proposal.block.header.parent, ...parents]);
      const block = tools.makeBlock(proposal.view, parent, `stale ${proposal.height}/${proposal.view}`);
      const leave = tools.random.pick([proposal.leave, ...proofs]);
      return block && signedAnew(tools, table, { ...proposal, block, leave });
    };
    return {
      outgoing: (to, message) => {
        see(message);
        const lie =
          message.kind === 'proposal' ? (older(message) ?? beside(tools, table, message)) : undefined;
        tools.send(to, lie ?? message);
      },
      incoming: (_from, message) => see(message),
    };
  };
}

function proofsIn(message: RoundsMessage): readonly LeaveCertificate[] {
  const proof =
    message.kind === 'left' || message.kind === 'proposal'
      ? message.leave
      : message.kind === 'leave'
        ? message.entry
        : undefined;
  return proof === undefined ? [] : [proof];
}
