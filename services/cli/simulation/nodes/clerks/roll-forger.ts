import { type Block, sealBlock } from '#libs/chain/block.ts';
import { buildBlock } from '#libs/chain/block-rules.ts';
import { toEpoch } from '#libs/chain/ids.ts';
import { encodeHandover, isHandover } from '#libs/membership/handover.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import { factsOf } from '#libs/simulation/federation.ts';
import type { Clerk, ClerkTools } from '../clerks.ts';
import { usurpingVote } from './usurping-voter.ts';

const STRANGER = 900;

/**
 * As a leader, proposes blocks that say of the members what nobody decided: votes that nobody gave, handovers too early,
 * to others, or none where one is due; and blocks of the next epoch before it began.
 */
export function rollForger(tools: ClerkTools): Clerk {
  return {
    answers: (_to, body) => [body],
    proposes: (message) => {
      if (message.kind !== 'proposal' || tools.random.chance(0.3)) return message;
      return resigned(tools, message, forged(tools, message.block));
    },
  };
}

function forged(tools: ClerkTools, block: Block): Block {
  const { random, book } = tools;
  const { chain, epoch, roster } = book.current;
  const { header, transactions } = block;
  const plain = transactions.filter((each) => !isHandover(each));
  const handoverTo = (members: typeof roster) =>
    encodeHandover({ chain, epoch: toEpoch(epoch + 1n), roster: members });
  const lies: readonly (() => Block)[] = [
    () => rebuilt(tools, block, [...transactions, usurpingVote(tools)]),
    () => rebuilt(tools, block, [handoverTo(roster), ...plain]),
    () => rebuilt(tools, block, [handoverTo([...roster.slice(1), factsOf(STRANGER)]), ...plain]),
    () => rebuilt(tools, block, plain),
    () => rebuilt(tools, block, [...plain, ...transactions.filter(isHandover)]),
    () => sealBlock({ ...header, epoch: toEpoch(header.epoch + 1n) }, transactions),
  ];
  return random.pick(lies)();
}

/** Another body, and all that the header says of it: nothing is wrong but what it says of the members. */
function rebuilt({ owner }: ClerkTools, { header }: Block, transactions: readonly Uint8Array[]): Block {
  const parent = owner.disk.blocks.get(header.parent);
  if (parent === undefined) return sealBlock(header, transactions);
  const { block, frontier } = parent;
  return buildBlock({ ...header, parent: block, frontier, nowMs: header.timestampMs, transactions }).block;
}

function resigned(
  { seat }: ClerkTools,
  message: HotStuffMessage & { kind: 'proposal' },
  block: Block,
): HotStuffMessage {
  const { view, height } = block.header;
  const signature = seat.freeSigner?.({ kind: 'proposal', view, height, digest: block.digest });
  return signature === undefined ? message : { ...message, block, signature };
}
