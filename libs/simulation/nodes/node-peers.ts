import type { Epoch, MemberIndex } from '#libs/chain/ids.ts';
import type { PeerPort } from '#libs/engine/ports/engine-ports.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
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

interface PeerParts {
  readonly owner: NodeOwner;
  readonly circle: CirclePlaces;
  readonly codec: PeerCodec;
  seat(): EpochSeat;
  clerk(): Clerk | undefined;
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

  send(to: MemberIndex | 'all', body: PeerMessageBody, epoch?: Epoch): void {
    const { owner, seat, clerk } = this.#parts;
    const { actor, epoch: own, endpoint } = seat();
    const told = epoch ?? own.scope.epoch;
    owner.effect('send', () => {
      if (body.kind !== 'protocol') {
        if (actor?.serving !== undefined && body.kind === 'block-response' && to !== 'all') {
          return actor.serving(to, body.block.digest, [body.block]);
        }
        return this.#say(clerk()?.answers(to, body) ?? [body], to, told);
      }
      if (actor !== undefined && told === own.scope.epoch) return actor.outgoing(to, body);
      seat().observe((observer) => {
        if (told === own.scope.epoch) observer.transmitted(endpoint.instance, body);
      });
      this.post(to, { kind: 'protocol', message: body, epoch: told });
    });
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
    const body = envelope.kind === 'protocol' ? envelope.message : (envelope.body as PeerMessageBody);
    try {
      this.#parts.codec.carriedBody(body, envelope.epoch);
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
