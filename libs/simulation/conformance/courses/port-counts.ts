import { toHex } from '#libs/bytes/hex.ts';
import type { MemberIndex } from '#libs/chain/ids.ts';
import type { EpochPorts, NodePorts } from '#libs/engine/node-ports.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import type { HostedModule } from '#libs/protocol/hosting/hosted-protocol.ts';
import { canonicalText } from './canonical-text.ts';

/** The work of all members together. */
export interface Cost {
  readonly messages: number;
  /** Signatures that the signers were asked for. */
  readonly signed: number;
  /** Signatures of others that a member had not verified before. */
  readonly verified: number;
  /** Signatures within messages, each as often as it is sent: nearly all bytes of them. */
  readonly carried: number;
}

/** Counts at the ports of all nodes what the protocol sends, signs and has verified. */
export class PortCounts {
  readonly #module: HostedModule;
  readonly #members: number;
  readonly #cost = { messages: 0, signed: 0, verified: 0, carried: 0 };

  constructor(module: HostedModule, members: number) {
    this.#module = module;
    this.#members = members;
  }

  get cost(): Cost {
    return { ...this.#cost };
  }

  /** The ports of a node, which are counted from now on. */
  fit(ports: NodePorts): NodePorts {
    const { peers } = ports;
    return {
      ...ports,
      peers: {
        connected: () => peers.connected(),
        send: (to, body, epoch) => {
          this.#sent(to, body);
          peers.send(to, body, epoch);
        },
      },
      enterEpoch: (membership, accounts) =>
        this.#fitEpoch(ports.enterEpoch(membership, accounts), membership, ports),
    };
  }

  #sent(to: MemberIndex | 'all', body: PeerMessageBody): void {
    if (body.kind !== 'protocol') return;
    const copies = to === 'all' ? this.#members - 1 : 1;
    this.#cost.messages += copies;
    this.#cost.carried += copies * this.#module.claims(body).length;
  }

  #fitEpoch(
    { signer, verifierOf, ...rest }: EpochPorts,
    { set }: Membership,
    { name }: NodePorts,
  ): EpochPorts {
    const me = set.members.find((member) => member.name === name)?.index;
    const known = new Set<string>();
    return {
      ...rest,
      signer: {
        sign: (statement, grounds, done) => {
          this.#cost.signed += 1;
          signer.sign(statement, grounds, done);
        },
      },
      verifierOf: (facts) => {
        const verifier = verifierOf(facts);
        return {
          trust: (claim) => verifier.trust(claim),
          verify: (claims, done, from) => {
            for (const claim of claims) if (claim.member !== me) this.#verify(claim, known);
            verifier.verify(claims, done, from);
          },
          verifyVotes: (votes, done, from) => verifier.verifyVotes(votes, done, from),
        };
      },
    };
  }

  /** A signature that is known to hold costs nothing again, as in production. */
  #verify({ member, statement, signature }: Claim, known: Set<string>): void {
    const name = `${member} ${toHex(signature)} ${canonicalText(statement)}`;
    if (!known.has(name)) this.#cost.verified += 1;
    known.add(name);
  }
}
