import type { MemberIndex } from '#libs/chain/ids.ts';
import type { MembershipBook } from '#libs/engine/membership/membership-book.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { Prng } from '#libs/random/prng.ts';
import type { EpochSeat, NodeOwner } from './node-owner.ts';
import type { NodePeers } from './node-peers.ts';

/** What a lying node says beside the protocol, instead of what its engine would. */
export interface Clerk {
  /** What is said for one thing that an honest node would say; nothing, the same, or something else. */
  answers(to: MemberIndex | 'all', body: PeerMessageBody): readonly PeerMessageBody[];
  /** What the node says in the protocol; most clerks leave it as it is. */
  proposes(message: HotStuffMessage): HotStuffMessage;
  /** What the node hears in the protocol, and tells all because of it. */
  hears?(message: HotStuffMessage): HotStuffMessage | undefined;
}

export interface ClerkParts {
  readonly owner: NodeOwner;
  readonly seat: EpochSeat;
  readonly book: MembershipBook;
  peers(): NodePeers;
}

export interface ClerkTools extends ClerkParts {
  readonly random: Prng;
}
