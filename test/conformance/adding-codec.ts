import { transactionOf } from '#libs/chain/transaction.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { HOTSTUFF_WIRE } from '#libs/peer-wire/hotstuff.ts';
import { sealedWire } from '#libs/peer-wire/protocol-wire.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { PeerCodec } from '#libs/simulation/nodes/peer-codec.ts';
import { type HostedSubject, wholeNodes } from '#libs/simulation/nodes/whole-nodes.ts';

const TEXT = new TextEncoder();
const ADDED = TEXT.encode('nobody gave this');

/** A wire on which the first transactions that a member passes on come with one that no client gave. */
class AddingCodec extends PeerCodec {
  readonly #passed = new WeakMap<PeerMessageBody, PeerMessageBody>();

  constructor() {
    super(HOTSTUFF.id, new Map([[HOTSTUFF.id, sealedWire(HOTSTUFF_WIRE, HOTSTUFF.messages)]]));
  }

  override carriedBody(...[body, ...place]: Parameters<PeerCodec['carriedBody']>) {
    return super.carriedBody(this.#adding(body), ...place);
  }

  #adding(body: PeerMessageBody): PeerMessageBody {
    if (body.kind !== 'transactions') return body;
    const known = this.#passed.get(body) ?? {
      kind: 'transactions',
      transactions: [...body.transactions, transactionOf(ADDED)],
    };
    this.#passed.set(body, known);
    return known;
  }
}

/** The same nodes of HotStuff over that wire. */
export function adding(subject: HostedSubject): HostedSubject {
  const nodes = { ...subject.nodes, codec: new AddingCodec() };
  return { ...subject, nodes, whole: wholeNodes(nodes) };
}
