import { type MemberIndex, toDigest, type View } from '#libs/chain/ids.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { ActorFactory } from '../../subject/actor.ts';
import { type HotStuffActor, type HotStuffTools, others, type Recipient } from './kit.ts';

/** Just under the shortest view timeout of a simulated federation. */
const DAWDLE_MS_MAX = 280;
const FLOOD_MS = 50;
const FLOOD_MESSAGES = 12;
const AHEAD = 1_000n;
const TURN_MS = 700;
const STUTTERS = 3;
const STUTTER_MS_MAX = 30;

/** Does all that it should, nearly too late (BYZ-05, BYZ-14). */
export function dawdler(tools: HotStuffTools): HotStuffActor {
  return {
    outgoing: (to: Recipient, message: HotStuffMessage) =>
      tools.after(tools.random.int(0, DAWDLE_MS_MAX), () => tools.send(to, message)),
  };
}

/** Says everything several times, to each member, now and a little later (RULES.md A.18). */
export function stutterer(tools: HotStuffTools): HotStuffActor {
  return {
    outgoing: (to: Recipient, message: HotStuffMessage) => {
      tools.send(to, message);
      for (let said = 0; said < STUTTERS; said++)
        tools.after(tools.random.int(0, STUTTER_MS_MAX), () => tools.send(to, message));
    },
  };
}

/** Votes and timeouts that are cheap to send and dear to verify: none is signed (RULES.md A.44, BYZ-15). */
export function flooder(tools: HotStuffTools): HotStuffActor {
  let view = 1n as View;
  const flood = () => {
    for (let sent = 0; sent < FLOOD_MESSAGES; sent++) {
      const digest = toDigest(tools.random.int(0, 9).toString().repeat(64));
      const signature = new Uint8Array(32);
      const at = (view + BigInt(tools.random.int(0, 3))) as View;
      const vote = {
        kind: 'vote',
        phase: 'prepare',
        view: at,
        height: at as bigint as never,
        digest,
      } as const;
      tools.send(tools.random.pick(others(tools)), { ...vote, member: tools.me, signature });
    }
    tools.after(FLOOD_MS, flood);
  };
  tools.after(FLOOD_MS, flood);
  return {
    outgoing: (to: Recipient, message: HotStuffMessage) => {
      if (message.kind === 'new-view') view = message.view;
      tools.send(to, message);
    },
  };
}

/** Claims to be a thousand views ahead, without any proof (RULES.md A.41, BYZ-17). */
export function inflater(tools: HotStuffTools): HotStuffActor {
  return {
    outgoing: (to: Recipient, message: HotStuffMessage) => {
      tools.send(to, message);
      if (message.kind === 'new-view')
        tools.send('all', { ...message, view: (message.view + AHEAD) as View });
    },
  };
}

/** Lies in another way every now and then (BYZ-20, BYZ-21). */
export function turncoat(factories: readonly ActorFactory<HotStuffMessage>[]): ActorFactory<HotStuffMessage> {
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
      incoming: (from: MemberIndex, message) => {
        for (const each of sides) each.incoming?.(from, message);
      },
    };
  };
}
