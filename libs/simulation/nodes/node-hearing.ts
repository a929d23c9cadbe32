import type { Epoch, MemberIndex } from '#libs/chain/ids.ts';
import type { Node } from '#libs/engine/node.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { Envelope } from '../network/network.ts';
import type { EpochSeat } from './node-owner.ts';
import { isProtocol } from './node-peers.ts';
import { carried, responseOf } from './peer-codec.ts';

const MALFORMED = { ok: false, cause: 'malformed' } as const;

/** The way of an envelope of the simulated network into a node: as `services/consensus/adapters/gateway-link.ts`. */
export class NodeHearing {
  readonly #node: Node;
  readonly #seat: () => EpochSeat;

  constructor(node: Node, seat: () => EpochSeat) {
    this.#node = node;
    this.#seat = seat;
  }

  receive(from: MemberIndex, envelope: Envelope<HotStuffMessage>): void {
    if (!this.#node.hears(from)) return;
    switch (envelope.kind) {
      case 'protocol':
        this.#seat().actor?.incoming?.(from, envelope.message);
        return this.#read(from, envelope.message, envelope.epoch);
      case 'peer':
        // Liars send the same types of messages as whole nodes: the type was checked where the message was made.
        return this.#read(from, envelope.body as PeerMessageBody, envelope.epoch);
      case 'bytes': {
        const decoded = this.#seat().setting.subject.codec?.decode(envelope.bytes) ?? MALFORMED;
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
  #read(from: MemberIndex, body: PeerMessageBody, saidIn: Epoch): void {
    this.#node.hear(from, carried(body, saidIn, this.#node.epoch));
  }
}

/** Shows the observers of a run a member's claims in the protocol. */
export function noteClaim(seat: EpochSeat, from: MemberIndex, body: PeerMessageBody): void {
  const claim = isProtocol(body) ? seat.setting.subject.ownClaim(body) : undefined;
  if (claim !== undefined) seat.observe((observer) => observer.heard(from, claim));
}
