import { type Block, sealBlock } from '#libs/chain/block.ts';
import { buildBlock } from '#libs/chain/block-rules.ts';
import { type Digest, type Height, toEpoch } from '#libs/chain/ids.ts';
import type { SectionRoot } from '#libs/chain/section-roots.ts';
import { isFor } from '#libs/chain/system-transactions.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { ballotRoots } from '#libs/membership/ballots.ts';
import { encodeHandover } from '#libs/membership/handover.ts';
import { handoverAt, type Membership, takeVotes } from '#libs/membership/membership.ts';
import type { ProtocolMessage, Seal } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import { memberFactsOf } from '../../federation/federation.ts';
import type { Clerk } from '../../nodes/clerk.ts';
import type { ClerkTools } from '../../nodes/clerk-tools.ts';
import { forgedVote, usurpingVote } from '../../nodes/usurping-voter.ts';
import { CollectedVotes } from '../actors/kit.ts';

const STRANGER = 900;

/**
 * A leader that proposes blocks with changes of the members that nobody decided: votes that nobody gave, handovers
 * too early, to others, or none where one is due; and blocks of the next epoch before it began. It counts the votes
 * for them.
 */
export function rollForger(tools: ClerkTools, messages: Seal<HotStuffMessage, ProtocolMessage>): Clerk {
  const { random, seat } = tools;
  const { me, freeSigner } = seat;
  const isMember = me !== undefined && freeSigner !== undefined;
  const collected = isMember ? new CollectedVotes({ me, set: seat.epoch.set, sign: freeSigner }) : undefined;
  /** One lie a view, the same to all: it wants the votes of all. */
  const lies = new Map<Digest, Block>();
  const forgedDigests = new Set<Digest>();
  return {
    answers: (_to, body) => [body],
    proposes: (sealed) => {
      const message = messages.open(sealed);
      if (message?.kind !== 'proposal') return sealed;
      const { digest } = message.block;
      const lie = lies.get(digest) ?? (random.chance(0.3) ? message.block : forged(tools, message.block));
      lies.set(digest, lie);
      if (lie.digest === digest) return sealed;
      forgedDigests.add(lie.digest);
      return messages.close(resigned(tools, message, lie));
    },
    hears: (sealed) => {
      const message = messages.open(sealed);
      if (message?.kind !== 'vote' || !forgedDigests.has(message.digest)) return undefined;
      const certificate = collected?.count(message);
      return certificate && messages.close({ kind: 'certificate', certificate });
    },
  };
}

function forged(tools: ClerkTools, block: Block): Block {
  const { random, book } = tools;
  const { chain, epoch, roster } = book.current;
  const { header, transactions } = block;
  const plain = transactions.filter((each) => !isFor('handover', each));
  const handoverTo = (members: typeof roster) =>
    transactionOf(encodeHandover({ chain, epoch: toEpoch(epoch + 1n), roster: members }));
  const lies: readonly (() => Block)[] = [
    () => rebuilt(tools, block, [...transactions, usurpingVote(tools)]),
    () => rebuilt(tools, block, [...transactions, forgedVote(tools)]),
    () => rebuilt(tools, block, [handoverTo(roster), ...plain]),
    () => rebuilt(tools, block, [handoverTo([...roster.slice(1), memberFactsOf(STRANGER)]), ...plain]),
    () => rebuilt(tools, block, plain),
    () => rebuilt(tools, block, [...plain, ...transactions.filter((each) => isFor('handover', each))]),
    () => sealBlock({ ...header, epoch: toEpoch(header.epoch + 1n) }, transactions),
  ];
  return random.pick(lies)();
}

/** The block with another body and a matching header: nothing is wrong with it but its changes of the members. */
function rebuilt(
  { owner, book }: ClerkTools,
  { header }: Block,
  transactions: readonly Transaction[],
): Block {
  const parent = owner.disk.blocks.get(header.parent);
  const before = book.after(header.parent);
  if (parent === undefined || before === undefined) return sealBlock(header, transactions);
  const { block, frontier } = parent;
  const plan = { ...header, parent: block, frontier, nowMs: header.timestampMs, transactions };
  return buildBlock({ ...plan, others: votedRoots(before, transactions, header.height) }).block;
}

/** The section roots of the ballots after such a block; for an invalid block those before it. */
function votedRoots(
  before: Membership,
  transactions: readonly Transaction[],
  height: Height,
): readonly SectionRoot[] {
  if (handoverAt(before, height) !== undefined) return [];
  const taken = takeVotes(before, transactions, height);
  return ballotRoots(taken.ok ? taken.membership : before);
}

function resigned(
  { seat }: ClerkTools,
  message: HotStuffMessage & { kind: 'proposal' },
  block: Block,
): HotStuffMessage {
  const { view, height } = block.header;
  const signature = seat.freeSigner?.(blockStatement('proposal', view, { height, digest: block.digest }));
  return signature === undefined ? message : { ...message, block, signature };
}
