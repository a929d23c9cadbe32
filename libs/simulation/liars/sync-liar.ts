import type { Block } from '#libs/chain/block.ts';
import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { Actor, ActorTools } from '../subject/actor.ts';
import { others } from './any-message.ts';

const DRIP_MS = 400;
const KEPT_MAX = 16;

/**
 * Answers requests for a block with anything but the block: nothing, another one, the header with another body, only
 * its ancestors, or all of it one by one and late; and sends blocks that nobody asked for (BYZ-29).
 *
 * @param proposed - The block in a message that proposes one.
 */
export function syncLiar<Message>(
  tools: ActorTools<Message>,
  proposed: (message: Message) => Block | undefined,
): Actor<Message> {
  const seen: Block[] = [];
  const remember = (block: Block) => {
    seen.push(block);
    if (seen.length > KEPT_MAX) seen.shift();
  };
  return {
    outgoing: (to, message) => tools.send(to, message),
    incoming: (_from, message) => {
      const block = proposed(message);
      if (block === undefined) return;
      remember(block);
      const victim = tools.random.pick(others(tools));
      if (tools.random.chance(0.2)) tools.sendBlocks(victim, [withOtherBody(block), ...seen]);
    },
    serving: (to: MemberIndex, _digest: Digest, blocks: readonly Block[]) => {
      const [asked, ...ancestors] = blocks;
      const lies: readonly (() => void)[] = [
        () => {},
        () => tools.sendBlocks(to, ancestors),
        () => tools.sendBlocks(to, tools.random.shuffle(seen)),
        () => tools.sendBlocks(to, asked === undefined ? [] : [withOtherBody(asked), ...ancestors]),
        () => tools.sendBlocks(to, asked === undefined ? [] : [underOtherName(asked, seen)]),
        () => {
          for (const [at, block] of blocks.entries())
            tools.after((at + 1) * DRIP_MS, () => tools.sendBlocks(to, [block]));
        },
      ];
      tools.random.pick(lies)();
    },
  };
}

/** The right header over transactions that are not its own. */
function withOtherBody(block: Block): Block {
  return { ...block, transactions: [...block.transactions, transactionOf(new Uint8Array([6]))] };
}

/** The digest that was asked for over another block. */
function underOtherName(asked: Block, seen: readonly Block[]): Block {
  const other = seen.find(({ digest }) => digest !== asked.digest) ?? asked;
  return { ...other, digest: asked.digest };
}
