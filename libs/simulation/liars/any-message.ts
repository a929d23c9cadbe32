import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Actor, ActorFactory, ActorTools } from '../subject/actor.ts';

/** Just under the shortest view timeout of a simulated federation. */
const DAWDLE_MS_MAX = 280;
const TURN_MS = 700;
const STUTTERS = 3;
const STUTTER_MS_MAX = 30;

/** Everyone else, one by one. */
export function others({ set, me }: Pick<ActorTools<never>, 'set' | 'me'>): readonly MemberIndex[] {
  return set.members.map(({ index }) => index).filter((index) => index !== me);
}

/** Sends nothing at all, not even the messages that an honest member owes. */
export function silent<Message>(): Actor<Message> {
  return { outgoing: () => {} };
}

/** Sends each message to some members only: certificates to one, decisions to none. */
export function selective<Message>(tools: ActorTools<Message>): Actor<Message> {
  return {
    outgoing: (to, message) => {
      const share = tools.random.pick([0, 0.3, 0.6, 1]);
      const receivers = to === 'all' ? others(tools) : [to];
      for (const member of receivers) if (tools.random.chance(share)) tools.send(member, message);
    },
  };
}

/** Does all that it should, nearly too late (BYZ-05, BYZ-14). */
export function dawdler<Message>(tools: ActorTools<Message>): Actor<Message> {
  return {
    outgoing: (to, message) => tools.after(tools.random.int(0, DAWDLE_MS_MAX), () => tools.send(to, message)),
  };
}

/** Says everything several times, to each member, now and a little later. */
export function stutterer<Message>(tools: ActorTools<Message>): Actor<Message> {
  return {
    outgoing: (to, message) => {
      tools.send(to, message);
      for (let said = 0; said < STUTTERS; said++)
        tools.after(tools.random.int(0, STUTTER_MS_MAX), () => tools.send(to, message));
    },
  };
}

/** Lies in another way every now and then (BYZ-20, BYZ-21). */
export function turncoat<Message>(factories: readonly ActorFactory<Message>[]): ActorFactory<Message> {
  return (tools) => {
    const sides = factories.map((factory) => factory(tools));
    let side = tools.random.pick(sides);
    const turn = () => {
      side = tools.random.pick(sides);
      tools.after(TURN_MS, turn);
    };
    tools.after(TURN_MS, turn);
    return {
      outgoing: (to, message) => side.outgoing(to, message),
      incoming: (from, message) => {
        for (const each of sides) each.incoming?.(from, message);
      },
    };
  };
}
