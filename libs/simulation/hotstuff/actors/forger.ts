import type { MemberIndex, View } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import { blockStatement, type Phase } from '#libs/protocol/hotstuff/statements.ts';
import { others } from '../../liars/any-message.ts';
import { type HotStuffActor, type HotStuffTools, type Recipient, SeenCertificates } from './kit.ts';

const PHASES: readonly Phase[] = ['prepare', 'pre-commit', 'commit'];

/**
 * Sends certificates that prove nothing: own signatures repeated, another phase on a real one, a view that was
 * never signed, too few signers, genesis at a far view (RULES.md A.3 to A.5, A.16, A.21).
 */
export function forger(tools: HotStuffTools): HotStuffActor {
  const seen = new SeenCertificates(tools);
  const forge = (view: View) => {
    const real = tools.random.pick(seen.all);
    const certificate = tools.random.pick([repeated, relabelled, inflated, thin])(tools, real, view);
    if (certificate === undefined) return;
    const forged: HotStuffMessage = { kind: 'certificate', certificate };
    for (const member of others(tools)) if (tools.random.chance(0.7)) tools.send(member, forged);
  };
  return {
    outgoing: (to: Recipient, message: HotStuffMessage) => {
      seen.see(message);
      if (message.kind === 'vote' || message.kind === 'proposal') forge(viewOf(message));
      tools.send(to, message);
    },
    incoming: (_from: MemberIndex, message: HotStuffMessage) => {
      seen.see(message);
      if (message.kind === 'proposal') forge(message.block.header.view);
    },
  };
}

function viewOf(message: HotStuffMessage & { readonly kind: 'vote' | 'proposal' }): View {
  return message.kind === 'vote' ? message.view : message.block.header.view;
}

/** A quorum of copies of the own vote, for a block that nobody else voted for. */
function repeated(tools: HotStuffTools, real: QuorumCertificate, view: View): QuorumCertificate | undefined {
  const block = tools.makeBlock(view, real.digest, `forged ${view}`);
  if (block === undefined) return undefined;
  const phase = tools.random.pick(PHASES);
  const { height } = block.header;
  const statement = blockStatement(phase, view, { height, digest: block.digest });
  const own = { member: tools.me, signature: tools.sign(statement) };
  const signatures = Array.from({ length: tools.set.members.length }, () => own);
  return { kind: phase, instance: 0n, view, height, digest: block.digest, signatures };
}

function relabelled(tools: HotStuffTools, real: QuorumCertificate): QuorumCertificate {
  return { ...real, kind: tools.random.pick(['pre-commit', 'commit']) };
}

function inflated(tools: HotStuffTools, real: QuorumCertificate): QuorumCertificate {
  const ahead = tools.random.pick([1n, 2n, 1n << 40n]);
  return { ...real, kind: tools.random.pick(PHASES), view: (real.view + ahead) as View };
}

function thin(_tools: HotStuffTools, real: QuorumCertificate): QuorumCertificate {
  return { ...real, kind: 'commit', signatures: real.signatures.slice(1) };
}
