import type { ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import { actorTools } from '../member/actor-tools.ts';
import type { Envelope } from '../network/network.ts';
import type { Actor } from '../subject/actor.ts';
import type { Clerk } from './clerk.ts';
import type { EpochSeat, NodeOwner } from './node-owner.ts';
import type { NodePeers } from './node-peers.ts';

interface ActorParts {
  readonly owner: NodeOwner;
  readonly seat: EpochSeat;
  readonly peers: NodePeers;
  readonly clerk: Clerk | undefined;
}

/** The liar that replaces the replica of this epoch. A node that is no member has none. */
export function seatActor({ owner, seat, peers, clerk }: ActorParts): Actor<ProtocolMessage> | undefined {
  const { actorFactory, me, freeSigner, epoch, setting } = seat;
  if (actorFactory === undefined || me === undefined || freeSigner === undefined) return undefined;
  const tools = actorTools({
    setting,
    me,
    epoch: epoch.scope.epoch,
    random: owner.random.stream(`actor of epoch ${epoch.scope.epoch}`),
    disk: owner.disk,
    sign: freeSigner,
    post: (to, envelope) => peers.post(to, spoken(envelope, clerk)),
  });
  const actor = actorFactory(tools);
  return {
    ...actor,
    incoming: (from, message) => {
      const told = clerk?.hears?.(message);
      if (told !== undefined) tools.send('all', told);
      actor.incoming?.(from, message);
    },
  };
}

function spoken(envelope: Envelope<ProtocolMessage>, clerk: Clerk | undefined): Envelope<ProtocolMessage> {
  if (envelope.kind !== 'protocol' || clerk === undefined) return envelope;
  return { ...envelope, message: clerk.proposes(envelope.message), form: clerk.form?.() };
}
