import type { MembershipBook } from '#libs/engine/membership/membership-book.ts';
import type { Prng } from '#libs/random/prng.ts';
import type { EpochSeat, NodeOwner } from './node-owner.ts';
import type { NodePeers } from './node-peers.ts';

export interface ClerkParts {
  readonly owner: NodeOwner;
  readonly seat: EpochSeat;
  readonly book: MembershipBook;
  peers(): NodePeers;
}

export interface ClerkTools extends ClerkParts {
  readonly random: Prng;
}
