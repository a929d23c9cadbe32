import { sealBlock } from '#libs/chain/block.ts';
import { type HotStuffActor, type HotStuffTools, signProposal } from './kit.ts';
import { lyingLeader } from './lying-leader.ts';

const YEAR_MS = 31_536_000_000n;
const END_OF_TIME = (1n << 64n) - 1n;

/** Gives its blocks any date: long ago, in a year, at the end of time (RULES.md A.46). Nothing may rest on it. */
export function clockLiar(tools: HotStuffTools): HotStuffActor {
  return lyingLeader(tools, (proposal) => {
    const { block, justify, timeoutCertificate } = proposal;
    const { timestampMs } = block.header;
    const lie = tools.random.pick([0n, timestampMs + YEAR_MS, END_OF_TIME]);
    const dated = sealBlock({ ...block.header, timestampMs: lie }, block.transactions);
    tools.send('all', { ...signProposal(tools, dated, justify), timeoutCertificate });
  });
}
