import type { Block } from '#libs/chain/block.ts';
import type { MemberIndex, View } from '#libs/chain/ids.ts';
import { type QuorumCertificate, rootCertificate } from '#libs/protocol/certificate.ts';
import type { HotStuffMessage, Proposal, Vote } from '#libs/protocol/hotstuff/message.ts';
import { blockStatement, type Phase } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { Signed } from '#libs/protocol/signed.ts';
import { hasQuorum } from '#libs/protocol/validator-set.ts';
import type { BlockRef } from '#libs/protocol/vote/statement.ts';
import type { Actor, ActorTools } from '../../subject/actor.ts';

export type HotStuffTools = ActorTools<HotStuffMessage>;
export type HotStuffActor = Actor<HotStuffMessage>;
export type Recipient = MemberIndex | 'all';

export function signProposal(tools: HotStuffTools, block: Block, justify: QuorumCertificate): Proposal {
  const { view, height } = block.header;
  const signature = tools.sign(blockStatement('proposal', view, { height, digest: block.digest }));
  return { kind: 'proposal', block, justify, timeoutCertificate: undefined, signature };
}

export function signVote(tools: HotStuffTools, phase: Phase, view: View, { height, digest }: BlockRef): Vote {
  const signature = tools.sign(blockStatement(phase, view, { height, digest }));
  return { kind: 'vote', phase, view, height, digest, member: tools.me, signature };
}

/** Prepare certificates that a liar has seen, and may justify a block with. */
export class SeenCertificates {
  readonly #prepared = new Map<bigint, QuorumCertificate>();

  constructor({ root }: HotStuffTools) {
    this.#prepared.set(root.view, rootCertificate(HOTSTUFF_TABLE, 'prepare', root));
  }

  get all(): readonly QuorumCertificate[] {
    return [...this.#prepared.values()];
  }

  get newest(): QuorumCertificate {
    return this.all.reduce((max, each) => (each.view > max.view ? each : max));
  }

  see(message: HotStuffMessage): void {
    if (message.kind === 'certificate' && message.certificate.kind === 'prepare')
      this.#add(message.certificate);
    if (message.kind === 'proposal') this.#add(message.justify);
    if (message.kind === 'new-view' || message.kind === 'timeout') this.#add(message.high);
  }

  #add(certificate: QuorumCertificate): void {
    this.#prepared.set(certificate.view, certificate);
  }
}

/** Collects the votes for every block that a lying leader is behind, its own vote for each included. */
export class CollectedVotes {
  readonly #tools: Pick<HotStuffTools, 'me' | 'set' | 'sign'>;
  readonly #votes = new Map<string, Map<MemberIndex, Signed>>();

  constructor(tools: Pick<HotStuffTools, 'me' | 'set' | 'sign'>) {
    this.#tools = tools;
  }

  /** Counts a vote; the certificate when it is the one that completes it. */
  count({ phase, view, height, digest, member, signature }: Vote): QuorumCertificate | undefined {
    const { me, set, sign } = this.#tools;
    const name = `${phase} ${view} ${digest}`;
    const votes = this.#votes.get(name) ?? new Map<MemberIndex, Signed>();
    this.#votes.set(name, votes);
    const wasComplete = hasQuorum(set, votes.keys());
    votes.set(me, { member: me, signature: sign(blockStatement(phase, view, { height, digest })) });
    votes.set(member, { member, signature });
    if (wasComplete || !hasQuorum(set, votes.keys())) return undefined;
    const signatures = [...votes.values()].sort((a, b) => a.member - b.member);
    return { kind: phase, instance: 0n, view, height, digest, signatures };
  }
}
