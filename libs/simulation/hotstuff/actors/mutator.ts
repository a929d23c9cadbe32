import type { Digest, Height, View } from '#libs/chain/ids.ts';
import type { HotStuffMessage, Proposal, Timeout, Vote } from '#libs/protocol/hotstuff/message.ts';
import { type Phase, timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import { type HotStuffActor, type HotStuffTools, type Recipient, SeenCertificates, signVote } from './kit.ts';

const PHASES: readonly Phase[] = ['prepare', 'pre-commit', 'commit'];
const STEPS: readonly bigint[] = [-1n, 1n, 2n, 100n];

/**
 * The second instance of a mutating twin: it sends the messages of an honest member, with one part changed and signed
 * anew (libs/simulation/README.md B.4). A nearly right message gets further than junk.
 */
export function mutator(tools: HotStuffTools): HotStuffActor {
  const seen = new SeenCertificates(tools);
  return {
    outgoing: (to: Recipient, message: HotStuffMessage) => {
      seen.see(message);
      tools.send(to, tools.random.chance(0.5) ? distorted(tools, seen, message) : message);
    },
    incoming: (_from, message) => seen.see(message),
  };
}

function distorted(tools: HotStuffTools, seen: SeenCertificates, message: HotStuffMessage): HotStuffMessage {
  switch (message.kind) {
    case 'vote':
      return distortedVote(tools, seen, message);
    case 'proposal':
      return distortedProposal(tools, seen, message);
    case 'timeout':
      return distortedTimeout(tools, seen, message);
    case 'new-view':
      return { ...message, view: moved(tools, message.view), high: tools.random.pick(seen.all) };
    case 'certificate': {
      const { certificate } = message;
      const kind = tools.random.pick(PHASES);
      const signatures = certificate.signatures.slice(tools.random.int(0, 1));
      return { ...message, certificate: { ...certificate, kind, signatures } };
    }
    case 'timeout-certificate': {
      const { timeoutCertificate } = message;
      const view = moved(tools, timeoutCertificate.view);
      return { ...message, timeoutCertificate: { ...timeoutCertificate, view } };
    }
  }
}

function moved({ random }: HotStuffTools, view: View): View {
  const to = view + random.pick(STEPS);
  return (to > 0n ? to : view) as View;
}

function distortedVote(tools: HotStuffTools, seen: SeenCertificates, vote: Vote): Vote {
  const { random } = tools;
  const { phase, view, height, digest } = vote;
  const block = random.pick(seen.all);
  return random.pick([
    () => signVote(tools, random.pick(PHASES), view, { height, digest }),
    () => signVote(tools, phase, moved(tools, view), { height, digest }),
    () => signVote(tools, phase, view, { height: (height + 1n) as Height, digest }),
    () => signVote(tools, phase, view, { height: block.height, digest: block.digest as Digest }),
    () => ({ ...vote, member: random.pick(tools.set.members).index }),
  ])();
}

/** The justification is another one, or its signatures are fewer; the leader's own signature holds. */
function distortedProposal(tools: HotStuffTools, seen: SeenCertificates, proposal: Proposal): Proposal {
  const { justify } = proposal;
  const fewer = { ...justify, signatures: justify.signatures.slice(1) };
  return tools.random.pick([
    { ...proposal, justify: tools.random.pick(seen.all) },
    { ...proposal, justify: fewer },
    { ...proposal, timeoutCertificate: undefined },
  ]);
}

function distortedTimeout(tools: HotStuffTools, seen: SeenCertificates, timeout: Timeout): Timeout {
  const view = tools.random.chance(0.5) ? moved(tools, timeout.view) : timeout.view;
  const high = tools.random.pick([timeout.high, ...seen.all]);
  const signature = tools.sign(timeoutStatement(view, high));
  return { ...timeout, view, high, signature };
}
