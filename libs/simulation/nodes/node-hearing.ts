import type { Epoch, MemberIndex } from '#libs/chain/ids.ts';
import type { Node } from '#libs/engine/node.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import type { Envelope } from '../network/network.ts';
import type { EpochSeat } from './node-owner.ts';
import { writtenIn } from './node-peers.ts';
import { type PeerCodec, responseOf } from './peer-codec.ts';

interface HearingParts {
  readonly node: Node;
  readonly codec: PeerCodec;
  readonly seat: () => EpochSeat;
  /** The protocol of an epoch; undefined for one that the node knows nothing of. */
  readonly protocolIn: (epoch: Epoch) => string | undefined;
}

/** The way of an envelope of the simulated network into a node: as `services/consensus/adapters/gateway-link.ts`. */
export class NodeHearing {
  readonly #node: Node;
  readonly #codec: PeerCodec;
  readonly #seat: () => EpochSeat;
  readonly #protocolIn: HearingParts['protocolIn'];

  constructor({ node, codec, seat, protocolIn }: HearingParts) {
    this.#node = node;
    this.#codec = codec;
    this.#seat = seat;
    this.#protocolIn = protocolIn;
  }

  receive(from: MemberIndex, envelope: Envelope<ProtocolMessage>): void {
    if (!this.#node.hears(from)) return;
    switch (envelope.kind) {
      case 'protocol':
        this.#seat().actor?.incoming?.(from, envelope.message);
        return this.#read(from, writtenIn(envelope), envelope.epoch, envelope.form);
      case 'peer':
        // Liars send the same types of messages as whole nodes: the type was checked where the message was made.
        return this.#read(from, envelope.body as PeerMessageBody, envelope.epoch);
      case 'bytes': {
        const decoded = this.#codec.decode(envelope.bytes, this.#seat().epoch.scope.protocol);
        const read = decoded.ok ? ({ ok: true, body: decoded.message } as const) : { ...decoded, detail: '' };
        return this.#node.hear(from, read);
      }
      case 'blocks':
        for (const block of envelope.blocks) this.#read(from, responseOf(block), this.#node.epoch);
        return;
      case 'transactions': {
        const { transactions } = envelope;
        return this.#read(from, { kind: 'transactions', transactions }, this.#node.epoch);
      }
      case 'block-request':
        return; // Replicas without a node around them say this.
    }
  }

  /** Reads a message by the codec and the rules of production. */
  #read(from: MemberIndex, body: PeerMessageBody, saidIn: Epoch, form?: MessageForm): void {
    const said = {
      ...{ heardIn: this.#node.epoch, protocol: this.#protocolIn(saidIn), form },
      held: this.#node.held,
    };
    this.#node.hear(from, this.#codec.carriedBody(body, saidIn, said));
  }
}

/** Shows the observers of a run a member's claims in the protocol. */
export function noteClaim(seat: EpochSeat, from: MemberIndex, body: PeerMessageBody): void {
  const claim = body.kind === 'protocol' ? seat.setting.subject.module.ownClaim(body) : undefined;
  if (claim !== undefined) seat.observe((observer) => observer.heard(from, claim));
}
