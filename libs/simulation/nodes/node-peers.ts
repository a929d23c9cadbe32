import { assert } from '#libs/assert/assert.ts';
import type { Epoch, MemberIndex } from '#libs/chain/ids.ts';
import type { PeerPort } from '#libs/engine/ports/engine-ports.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { HostedProtocol, ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import type { OwedRecord } from '../member/owed-record.ts';
import type { Envelope } from '../network/network.ts';
import type { CirclePlaces } from './circle-places.ts';
import type { Clerk } from './clerk.ts';
import type { EpochSeat, NodeOwner } from './node-owner.ts';
import type { PeerCodec } from './peer-codec.ts';

/** Rough sizes of a certificate, a block, a chunk: enough to load the uplink with large messages. */
const BYTES: Readonly<Partial<Record<PeerMessageBody['kind'], number>>> = {
  'blocks-response': 60_000,
  'block-response': 2_000,
  'snapshot-response': 2_000,
  'chunk-response': 20_000,
};

/** An envelope with a message of the protocol. */
type ProtocolEnvelope = Extract<Envelope<ProtocolMessage>, { readonly kind: 'protocol' }>;

/** The message that stands on the wire for it; a liar puts a message of its own in the place of another. */
export function writtenIn({ message, written }: ProtocolEnvelope): PeerMessageBody {
  return (written as PeerMessageBody | undefined) ?? message;
}

interface PeerParts {
  readonly owner: NodeOwner;
  /** The safety record of this life. */
  readonly record: Pick<OwedRecord<unknown>, 'isOwed'>;
  readonly circle: CirclePlaces;
  readonly codec: PeerCodec;
  /** The protocols of this world, by their ids. */
  readonly protocols: ReadonlyMap<string, HostedProtocol>;
  seat(): EpochSeat;
  clerk(): Clerk | undefined;
  /** The protocol of an epoch; undefined for one that the node knows nothing of. */
  protocolIn(epoch: Epoch): string | undefined;
}

/** The gateway of a node: finds others by their keys, and lets a liar have its say. */
export class NodePeers implements PeerPort {
  readonly #parts: PeerParts;

  constructor(parts: PeerParts) {
    this.#parts = parts;
  }

  connected(): readonly MemberIndex[] {
    const { circle, owner } = this.#parts;
    return circle.others.filter(([, node]) => owner.setting.isUp(node)).map(([place]) => place);
  }

  send(to: MemberIndex | 'all', body: PeerMessageBody, epoch?: Epoch, form?: MessageForm): void {
    const { owner, record, seat, clerk } = this.#parts;
    const { actor, epoch: own, endpoint } = seat();
    const told = epoch ?? own.scope.epoch;
    owner.effect('send', () => {
      const message = this.#inProtocol(body, told);
      if (message === undefined) {
        if (actor?.serving !== undefined && body.kind === 'block-response' && to !== 'all') {
          return actor.serving(to, body.block.digest, [body.block]);
        }
        return this.#say(clerk()?.answers(to, body) ?? [body], to, told);
      }
      if (actor !== undefined && told === own.scope.epoch) return actor.outgoing(to, message);
      seat().observe((observer) => {
        if (told === own.scope.epoch) observer.transmitted(endpoint.instance, message);
        if (body.kind === 'protocol' && record.isOwed) observer.sentTooSoon(endpoint.instance);
      });
      this.post(to, { kind: 'protocol', message, written: body, epoch: told, form });
    });
  }

  /**
   * The view that partitions, liars and observers have of a body: a decision counts as the message of the protocol that it is to
   * its receiver. Undefined for all else beside the protocol.
   */
  #inProtocol(body: PeerMessageBody, told: Epoch): ProtocolMessage | undefined {
    if (body.kind === 'protocol') return body;
    if (body.kind !== 'decided') return undefined;
    const { protocols, protocolIn } = this.#parts;
    const protocol = protocols.get(protocolIn(told) ?? '');
    assert(protocol !== undefined, `a decision of epoch ${told}, whose protocol is not known here`);
    return protocol.module.decision(body.certificate);
  }

  /** Posts any envelope to a place in the circle. */
  post(to: MemberIndex | 'all', envelope: Envelope<ProtocolMessage>): void {
    const { circle, owner } = this.#parts;
    if (!this.#isWritable(envelope)) return;
    for (const [place, node] of circle.others) {
      if (to === 'all' || place === to) owner.setting.network.send(owner.endpoint, node, envelope);
    }
  }

  /** Liars make messages that cannot be written: nobody hears these. An honest node that makes one is at fault. */
  #isWritable(envelope: Envelope<ProtocolMessage>): boolean {
    if (envelope.kind !== 'protocol' && envelope.kind !== 'peer') return true;
    const body = envelope.kind === 'protocol' ? writtenIn(envelope) : (envelope.body as PeerMessageBody);
    try {
      const protocol = this.#parts.protocolIn(envelope.epoch);
      const form = envelope.kind === 'protocol' ? envelope.form : undefined;
      this.#parts.codec.carriedBody(body, envelope.epoch, { protocol, form });
      return true;
    } catch (error) {
      if (this.#parts.owner.isHonest) throw error;
      return false;
    }
  }

  #say(bodies: readonly PeerMessageBody[], to: MemberIndex | 'all', epoch: Epoch): void {
    for (const body of bodies) this.post(to, { kind: 'peer', body, epoch, bytes: BYTES[body.kind] ?? 0 });
  }
}
