import { sealBlock } from '#libs/chain/block.ts';
import { toDigest } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { Proposal } from '#libs/protocol/hotstuff/message.ts';
import { type HotStuffActor, type HotStuffTools, others, signProposal } from './kit.ts';
import { lyingLeader } from './lying-leader.ts';

/** Proposes blocks that break the rules of the chain, or the right header with the wrong body (BYZ-03). */
export function invalidLeader(tools: HotStuffTools): HotStuffActor {
  return lyingLeader(tools, (proposal) => {
    const wrong = tools.random.chance(0.5) ? wrongRoot(tools, proposal) : wrongBody(proposal);
    const share = tools.random.pick([0.6, 1]);
    for (const member of others(tools)) tools.send(member, tools.random.chance(share) ? wrong : proposal);
  });
}

function wrongRoot(tools: HotStuffTools, { block, justify, timeoutCertificate }: Proposal): Proposal {
  const stateRoot = toDigest('e'.repeat(64));
  const wrong = sealBlock({ ...block.header, stateRoot }, block.transactions);
  return { ...signProposal(tools, wrong, justify), timeoutCertificate };
}

/** Signed like the right one, since a signature covers the header alone. */
function wrongBody(proposal: Proposal): Proposal {
  const { header } = proposal.block;
  const bodies = Array.from({ length: header.transactionCount }, () => transactionOf(new Uint8Array([1])));
  return { ...proposal, block: sealBlock(header, bodies) };
}
