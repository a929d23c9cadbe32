import { toDigest, type View } from '#libs/chain/ids.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import { others } from '../../liars/any-message.ts';
import type { HotStuffActor, HotStuffTools, Recipient } from './kit.ts';

const FLOOD_MS = 50;
const FLOOD_MESSAGES = 12;
const AHEAD = 1_000n;

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
