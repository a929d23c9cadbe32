import type { Block } from '#libs/chain/block.ts';
import type { Proposal as WireProposal } from '#libs/proto/btcfed/peer/v1/peer.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import { blockFromWire, blockToWire } from '#libs/wire/block.ts';
import { compactBlockFromWire, compactBlockToWire } from '#libs/wire/compact-block.ts';
import type { MessageReading } from '#libs/wire/message-reading.ts';
import { demand } from '#libs/wire/refusal.ts';

/** The fields of a proposal, in any protocol, that hold its block. */
type ProposedBlock = Pick<WireProposal, 'block' | 'compactBlock'>;

export function proposedToWire(block: Block, form: MessageForm): ProposedBlock {
  if (form === 'compact') return { block: undefined, compactBlock: compactBlockToWire(block) };
  return { block: blockToWire(block), compactBlock: undefined };
}

/** The block in either form. @throws WireRefusal */
export function proposedFromWire({ block, compactBlock }: ProposedBlock, reading: MessageReading): Block {
  if (compactBlock === undefined) return blockFromWire(block, reading.limits);
  demand(block === undefined, 'block stands twice');
  return compactBlockFromWire(compactBlock, reading);
}
