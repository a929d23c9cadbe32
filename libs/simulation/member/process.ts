import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { Envelope } from '../network/network.ts';

/** One process of a node, from start to crash: all that a crash loses. */
export interface Process<State, Message> {
  start(): void;
  /** Stops all work of the process. */
  stop(): void;
  /** `from` is the number of a node. */
  receive(from: MemberIndex, envelope: Envelope<Message>): void;
  peerConnected(node: MemberIndex): void;
  submit(transaction: Transaction): void;
  /** Transactions and blocks that somebody waits for. */
  readonly waiting: number;
  /** The newest state of the protocol of an honest node. */
  readonly state: State | undefined;
  /** The members that decide after its newest final block; undefined where the members never change. */
  readonly membership: Membership | undefined;
}
