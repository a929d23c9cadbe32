import { misdated } from '../../liars/odd-blocks.ts';
import { type HotStuffActor, type HotStuffTools, signProposal } from './kit.ts';
import { lyingLeader } from './lying-leader.ts';

/** Gives its blocks any date (RULES.md A.46). Nothing may rest on it. */
export function clockLiar(tools: HotStuffTools): HotStuffActor {
  return lyingLeader(tools, ({ block, justify, timeoutCertificate }) => {
    const dated = misdated(tools.random, block);
    tools.send('all', { ...signProposal(tools, dated, justify), timeoutCertificate });
  });
}
