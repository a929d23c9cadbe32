import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import { actorTools } from '#libs/simulation/actor-tools.ts';
import type { Actor } from '#libs/simulation/subject.ts';
import type { Clerk } from './clerks.ts';
import type { EpochSeat, NodeOwner } from './node-owner.ts';
import type { NodePeers } from './node-peers.ts';

interface ActorParts {
  readonly owner: NodeOwner;
  readonly seat: EpochSeat;
  readonly peers: NodePeers;
  readonly clerk: Clerk | undefined;
}

/** The liar in the place of the replica of this epoch. Who is no member has nobody to speak for. */
export function seatActor({ owner, seat, peers, clerk }: ActorParts): Actor<HotStuffMessage> | undefined {
  const { actorFactory, me, freeSigner, epoch, setting } = seat;
  if (actorFactory === undefined || me === undefined || freeSigner === undefined) return undefined;
  return actorFactory({
    ...actorTools({
      setting,
      me,
      epoch: epoch.scope.epoch,
      random: owner.random.stream(`actor of epoch ${epoch.scope.epoch}`),
      disk: owner.disk,
      sign: freeSigner,
      post: (to, envelope) =>
        peers.post(
          to,
          envelope.kind === 'protocol'
            ? { ...envelope, message: clerk?.proposes(envelope.message) ?? envelope.message }
            : envelope,
        ),
    }),
  });
}
