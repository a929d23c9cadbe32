import type { MemberIndex } from '#libs/chain/ids.ts';
import type { HeldTransactions } from '#libs/chain/named-transactions.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { ChainPort, ClockPort, EngineMonitor, PeerPort } from '../ports/engine-ports.ts';
import { BodyPull } from './body-pull.ts';
import { BodyServer } from './body-server.ts';

export interface BodiesOptions {
  readonly context: { readonly set: Pick<ValidatorSet, 'members'>; readonly me: MemberIndex | undefined };
  readonly chain: Pick<ChainPort, 'tip' | 'blockOf'>;
  readonly mempool: HeldTransactions;
  readonly peers: PeerPort;
  readonly clock: ClockPort;
  readonly monitor: Pick<EngineMonitor, 'refused'>;
}

/** The transactions that compact proposals name, in one epoch: those that this member lacks are asked for, and others are given theirs. */
export class Bodies {
  readonly pull: BodyPull;
  readonly server: BodyServer;

  constructor({ context, chain, ...world }: BodiesOptions) {
    this.pull = new BodyPull({
      ...world,
      members: context.set.members.length,
      me: context.me,
      finalHeight: () => chain.tip().header.height,
      blockOf: (digest) => chain.blockOf(digest),
    });
    this.server = new BodyServer(world);
  }

  stop(): void {
    this.pull.stop();
  }
}
