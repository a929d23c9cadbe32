import { toHex } from '#libs/bytes/hex.ts';
import type { MemberIndex } from '#libs/chain/ids.ts';
import type { EpochPorts, NodePorts } from '#libs/engine/node-ports.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import type { HostedSubject } from '../../nodes/whole-nodes.ts';
import { canonicalText } from './canonical-text.ts';

/** The work of all members together. */
export interface Cost {
  /** Of the protocol, and those that ask for signatures and give them. */
  readonly messages: number;
  /** Signatures that the signers were asked for. */
  readonly signed: number;
  /** Signatures of others that a member had not verified before, and its signer did not vouch for. */
  readonly verified: number;
  /** Signatures within messages, each as often as it is sent: nearly all bytes of them. */
  readonly carried: number;
  /** Bytes of these messages as they are written, beside those of the signatures themselves: they are as long as a scheme makes them. */
  readonly beside: number;
  /** Bytes of all other messages: transactions that are passed on, blocks, whereabouts. */
  readonly others: number;
}

/** Counts at the ports of all nodes what the protocol sends, signs and has verified. */
export class PortCounts {
  readonly #subject: HostedSubject;
  readonly #members: number;
  readonly #cost = { messages: 0, signed: 0, verified: 0, carried: 0, beside: 0, others: 0 };

  constructor(subject: HostedSubject, members: number) {
    this.#subject = subject;
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
        send: (to, body, epoch, form = 'whole') => {
          this.#sent(to, body, form);
          peers.send(to, body, epoch, form);
        },
      },
      enterEpoch: (membership, accounts) =>
        this.#fitEpoch(ports.enterEpoch(membership, accounts), membership, ports),
    };
  }

  #sent(to: MemberIndex | 'all', body: PeerMessageBody, form: MessageForm): void {
    const signatures = this.#signaturesIn(body, form);
    const copies = to === 'all' ? this.#members - 1 : 1;
    const written = this.#subject.nodes.codec.encodeBody(body, form).length;
    if (signatures === undefined) {
      this.#cost.others += copies * written;
      return;
    }
    const signatureBytes = signatures.reduce((sum, { length }) => sum + length, 0);
    this.#cost.messages += copies;
    this.#cost.carried += copies * signatures.length;
    this.#cost.beside += copies * (written - signatureBytes);
  }

  /** The signatures that stand in a message of the protocol, or are given to who lacked them; undefined for all other messages. */
  #signaturesIn(body: PeerMessageBody, form: MessageForm): readonly Uint8Array[] | undefined {
    if (['signatures-request', 'bodies-request', 'bodies-response'].includes(body.kind)) return [];
    if (body.kind === 'signatures-response')
      return body.given.flatMap(({ signatures }) => signatures.map(({ signature }) => signature));
    if (body.kind !== 'protocol') return undefined;
    const { module } = this.#subject;
    if (form === 'whole') return module.claims(body).map(({ signature }) => signature);
    const own = module.ownClaim(body);
    return own === undefined ? [] : [own.signature];
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
          trust: (claim) => {
            known.add(nameOf(claim));
            verifier.trust(claim);
          },
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
  #verify(claim: Claim, known: Set<string>): void {
    const name = nameOf(claim);
    if (!known.has(name)) this.#cost.verified += 1;
    known.add(name);
  }
}

function nameOf({ member, statement, signature }: Claim): string {
  return `${member} ${toHex(signature)} ${canonicalText(statement)}`;
}
