import { actorTools } from '../member/actor-tools.ts';
import type { Instance } from '../member/instance.ts';
import { FIRST_EPOCH } from '../network/network.ts';
import type { ActorFactory } from '../subject/actor.ts';

/** Puts an actor between a replica and the network, and takes the guard off its key. A whole node does that in each epoch. */
export function possess<State, Message, Record>(
  puppet: Instance<State, Message, Record>,
  factory: ActorFactory<Message>,
): void {
  const { setting, member, random, disk } = puppet;
  puppet.actorFactory = factory;
  if (setting.plan.whole !== undefined) return;
  const sign = setting.authority.signerOf(member);
  puppet.freeSigner = sign;
  puppet.actor = factory(
    actorTools({
      setting,
      me: member,
      epoch: FIRST_EPOCH,
      random: random.stream('actor'),
      disk,
      sign,
      post: (to, envelope) => {
        if (!puppet.isRetired) setting.network.send(puppet, to, envelope);
      },
    }),
  );
}
