import type { Proposal } from '#libs/protocol/hotstuff/message.ts';
import { others } from '../../liars/any-message.ts';
import { withWrongBody, withWrongRoot } from '../../liars/odd-blocks.ts';
import { type HotStuffActor, type HotStuffTools, signProposal } from './kit.ts';
import { lyingLeader } from './lying-leader.ts';

/** Proposes blocks that break the rules of the chain, or the right header with the wrong body (BYZ-03). */
export function invalidLeader(tools: HotStuffTools): HotStuffActor {
  return lyingLeader(tools, (proposal) => {
    const wrong = tools.random.chance(0.5)
      ? wrongRoot(tools, proposal)
      : { ...proposal, block: withWrongBody(proposal.block) };
    const share = tools.random.pick([0.6, 1]);
    for (const member of others(tools)) tools.send(member, tools.random.chance(share) ? wrong : proposal);
  });
}

function wrongRoot(tools: HotStuffTools, { block, justify, timeoutCertificate }: Proposal): Proposal {
  return { ...signProposal(tools, withWrongRoot(block), justify), timeoutCertificate };
}
