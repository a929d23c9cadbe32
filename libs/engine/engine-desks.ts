import type { Position } from '#libs/protocol/vote/position.ts';
import type { EngineOptions } from './engine-options.ts';
import { verifierIn, votesIn } from './epoch-verifiers.ts';
import { EvidenceDesk } from './evidence/evidence-desk.ts';
import { EvidenceWatch } from './evidence/evidence-watch.ts';
import { MembershipDesk } from './membership/membership-desk.ts';
import type { ClaimVerifier } from './ports/engine-ports.ts';
import { TransactionDesk } from './transaction-desk.ts';
import type { Gossip } from './transactions/gossip.ts';

/** The parts that handle messages beside the protocol: transactions, evidence, votes for members. */
export interface EngineDesks {
  readonly transactions: TransactionDesk;
  readonly watch: EvidenceWatch;
  readonly desk: EvidenceDesk;
  readonly membership: MembershipDesk;
}

interface DeskSurroundings {
  readonly gossip: Gossip;
  readonly verifier: ClaimVerifier;
  readonly at: () => Position;
  /** The amount that waits for a block has grown or shrunk. */
  readonly changed: () => void;
}

export function engineDesks(options: EngineOptions, surroundings: DeskSurroundings): EngineDesks {
  const { protocol, context, mempool, checks, clock, monitor } = options;
  const { gossip, verifier, changed } = surroundings;
  const transactions: TransactionDesk = new TransactionDesk({
    ...{ mempool, checks, clock, monitor, gossip, changed },
    membership: () => membership,
  });
  const watch: EvidenceWatch = new EvidenceWatch({
    epoch: context.set.epoch,
    ...{ protocol, verifier, clock },
    onEvidence: (evidence) => void desk.accept(evidence),
  });
  const desk = newEvidenceDesk(options, surroundings, transactions);
  const membership = newMembershipDesk(options, transactions);
  return { transactions, watch, desk, membership };
}

function newEvidenceDesk(
  options: EngineOptions,
  { verifier, at }: DeskSurroundings,
  transactions: TransactionDesk,
): EvidenceDesk {
  const { context, book, peers, clock, monitor } = options;
  return new EvidenceDesk({
    chain: context.scope.chain,
    setOf: (epoch) => book.epoch(epoch)?.set,
    tableOf: (epoch) => votesIn(options, epoch),
    store: options.evidence,
    pool: transactions.evidencePool(),
    verifierOf: (epoch) => verifierIn(options, epoch, verifier),
    here: () => ({ epoch: context.set.epoch, at: at(), table: context.table }),
    ...{ peers, clock, monitor },
  });
}

function newMembershipDesk(
  { book, votes, clock, monitor }: EngineOptions,
  transactions: TransactionDesk,
): MembershipDesk {
  return new MembershipDesk({
    ...{ book, clock },
    verifier: votes,
    refused: (from, cause, detail) => monitor.refused(from, cause, detail),
    pool: transactions.votePool(),
  });
}
