import type { Block } from '#libs/chain/block.ts';
import type { Epoch, MemberIndex } from '#libs/chain/ids.ts';
import type { EpochFacts } from '#libs/engine/membership/membership-book.ts';
import type { ChainTip } from '#libs/engine/ports/engine-ports.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { HostedProtocol } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { ProtocolTerms } from '#libs/protocol/parameters.ts';
import { placeIn } from '#libs/protocol/validator-set.ts';
import type { DecidedHeight, LinkState } from './core/decided-height.ts';
import type { EnteredViews } from './core/participation/entered-views.ts';
import type { SignerFault } from './core/signer-fault.ts';

/** The surroundings that are looked at when a height becomes final. */
export interface DecisionSurroundings {
  /** Name of this member. */
  readonly name: string;
  readonly book: { readonly current: EpochFacts; epoch(epoch: Epoch): EpochFacts | undefined };
  readonly tip: () => ChainTip;
  readonly protocolOf: (terms: ProtocolTerms) => Pick<HostedProtocol, 'module' | 'votes'>;
  readonly gateway: { readonly isAttached: boolean; linkOf(peer: MemberIndex): LinkState };
  readonly signerFault: () => SignerFault | undefined;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs: () => number;
  /** Milliseconds since 1970. */
  readonly timeMs: () => number;
}

/** The facts that were noted before the decision. */
interface NotedBefore {
  readonly views: EnteredViews;
  /** Names of the members that were voted out because they were away. */
  readonly suspended: readonly string[];
}

interface SeenDecision {
  readonly decided: DecidedHeight;
  /** Members of its epoch. */
  readonly members: number;
}

/** Notes how blocks became final that did so just now, all by the certificate of the last. */
export function decidedIn(
  blocks: readonly Block[],
  noted: NotedBefore,
  surroundings: DecisionSurroundings,
): readonly SeenDecision[] {
  const { certificate } = surroundings.tip();
  const last = blocks.at(-1);
  const facts = last && surroundings.book.epoch(last.header.epoch);
  if (facts === undefined || certificate.signatures.length === 0) return [];
  const proof = proofIn(certificate, noted, facts, surroundings);
  const members = facts.set.members.length;
  return blocks.map(({ header: { height, epoch }, digest }) => ({
    decided: { height, epoch, digest, ...proof },
    members,
  }));
}

function proofIn(
  certificate: QuorumCertificate,
  { views, suspended }: NotedBefore,
  facts: EpochFacts,
  surroundings: DecisionSurroundings,
): Omit<DecidedHeight, 'height' | 'epoch' | 'digest'> {
  const { set, terms } = facts;
  const { name, protocolOf, gateway } = surroundings;
  const { votes, module } = protocolOf(terms);
  const { view, height } = certificate;
  const seen = views.find(view, votes.instances === 'ascending' ? height : undefined);
  const isOwn = seen !== undefined && seen.leader === placeIn(set, name);
  const signers = certificate.signatures.map(({ member }) => member);
  return {
    ...{ certifiedHeight: height, view, signers, leader: seen?.leader },
    atMs: surroundings.nowMs(),
    timeMs: surroundings.timeMs(),
    isLive: seen !== undefined,
    countsVotes: isOwn || module.votePath(terms.parameters) === 'all',
    hasGateway: gateway.isAttached,
    suspended,
    links: linksIn(facts, signers, { leader: seen?.leader, gateway }),
    signerFault: surroundings.signerFault(),
  };
}

/** The circle has the members of its epoch at their indices; it is the next one only after this. */
function linksIn(
  { set }: EpochFacts,
  signers: readonly MemberIndex[],
  { leader, gateway }: Pick<DecisionSurroundings, 'gateway'> & Pick<DecidedHeight, 'leader'>,
): ReadonlyMap<MemberIndex, LinkState> {
  const signed = new Set(signers);
  const looked = set.members.filter(({ index }) => !signed.has(index) || index === leader);
  return new Map(looked.map(({ index }) => [index, gateway.linkOf(index)]));
}
