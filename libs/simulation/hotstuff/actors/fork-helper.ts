import type { MemberIndex } from '#libs/chain/ids.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { Phase } from '#libs/protocol/hotstuff/statements.ts';
import { type HotStuffActor, type HotStuffTools, type Recipient, SeenCertificates, signVote } from './kit.ts';

const PHASES: readonly Phase[] = ['prepare', 'pre-commit', 'commit'];

/**
 * Votes in all phases for proposals that go against the newest certificate, and for no others
 * (libs/simulation/README.md B.4).
 */
export function forkHelper(tools: HotStuffTools): HotStuffActor {
  const seen = new SeenCertificates(tools);
  return {
    outgoing: (to: Recipient, message: HotStuffMessage) => {
      if (message.kind !== 'vote') tools.send(to, message);
    },
    incoming: (from: MemberIndex, message: HotStuffMessage) => {
      const isAgainst = message.kind === 'proposal' && message.justify.view < seen.newest.view;
      seen.see(message);
      if (!isAgainst) return;
      const { header, digest } = message.block;
      const { view, height } = header;
      for (const phase of PHASES) tools.send(from, signVote(tools, phase, view, { height, digest }));
    },
  };
}
