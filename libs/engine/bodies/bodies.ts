import type { BlockLimits } from '#libs/chain/block-rules.ts';
import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import type { HeldTransactions } from '#libs/chain/named-transactions.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { ChainPort, ClockPort, EngineMonitor, PeerPort } from '../ports/engine-ports.ts';
import type { PooledTransaction } from '../ports/pooled-transaction.ts';
import { BodyAsking } from './body-asking.ts';
import { BodyPull } from './body-pull.ts';
import { BodyServer } from './body-server.ts';
import { ProposalGate, type ProposalGateOptions } from './proposal-gate.ts';

export interface BodiesOptions {
  readonly context: { readonly set: Pick<ValidatorSet, 'members'>; readonly me: MemberIndex | undefined };
  readonly chain: Pick<ChainPort, 'tip' | 'blockOf'>;
  readonly mempool: { get(hash: Digest): Pick<PooledTransaction, 'transaction'> | undefined };
  readonly peers: PeerPort;
  readonly clock: ClockPort;
  readonly monitor: Pick<EngineMonitor, 'refused'>;
  readonly limits: Pick<BlockLimits, 'transactionsMax'>;
  /** Time that a view may take, milliseconds. */
  readonly viewMs: () => number;
  readonly standingOf: ProposalGateOptions['standingOf'];
}

/** The transactions that compact proposals name, in one epoch: those that this member lacks are asked for, and others are given theirs. */
export class Bodies {
  readonly pull: BodyPull;
  readonly server: BodyServer;

  constructor({ context, chain, mempool, peers, clock, monitor, limits, standingOf, viewMs }: BodiesOptions) {
    const held: HeldTransactions = { transactionOf: (hash) => mempool.get(hash)?.transaction };
    const members = context.set.members.length;
    const finalHeight = () => chain.tip().header.height;
    this.pull = new BodyPull({
      ...{ held, clock, monitor, finalHeight },
      gate: new ProposalGate({ finalHeight, clock, members, limits, standingOf }),
      asking: new BodyAsking({ peers, clock, members, me: context.me, viewMs }),
      blockOf: (digest) => chain.blockOf(digest),
    });
    this.server = new BodyServer({ held, peers, clock, members });
  }

  stop(): void {
    this.pull.stop();
  }
}
