import type { View } from '#libs/chain/ids.ts';
import type { EngineOptions } from './engine-options.ts';
import type { ClaimVerifier } from './engine-ports.ts';
import { patientVerifier, verifierIn } from './epoch-verifiers.ts';
import { EvidenceDesk } from './evidence-desk.ts';
import { EvidenceWatch } from './evidence-watch.ts';
import type { Gossip } from './gossip.ts';
import { MembershipDesk } from './membership-desk.ts';
import { Patience } from './patience.ts';
import { TransactionDesk } from './transaction-desk.ts';

/** What is said beside the protocol: transactions, evidence, votes for members. */
export interface EngineDesks {
  readonly transactions: TransactionDesk;
  readonly watch: EvidenceWatch;
  readonly desk: EvidenceDesk;
  readonly membership: MembershipDesk;
  readonly patience: Patience;
}

interface DeskSurroundings {
  readonly gossip: Gossip;
  readonly verifier: ClaimVerifier;
  readonly view: () => View;
  /** What waits for a block is more or less than before. */
  readonly changed: () => void;
}

export function engineDesks(options: EngineOptions, surroundings: DeskSurroundings): EngineDesks {
  const { context, mempool, clock, monitor } = options;
  const { gossip, verifier, changed } = surroundings;
  const patience = new Patience(clock);
  const transactions: TransactionDesk = new TransactionDesk({
    ...{ mempool, clock, monitor, gossip, changed },
    membership: () => membership,
  });
  const watch: EvidenceWatch = new EvidenceWatch({
    epoch: context.set.epoch,
    verifier,
    clock,
    onEvidence: (evidence) => void desk.accept(evidence),
  });
  const desk = newEvidenceDesk(options, surroundings, { transactions, patience });
  const membership = newMembershipDesk(options, { transactions, patience });
  return { transactions, watch, desk, membership, patience };
}

interface Shared {
  readonly transactions: TransactionDesk;
  readonly patience: Patience;
}

function newEvidenceDesk(
  options: EngineOptions,
  { verifier, view }: DeskSurroundings,
  { transactions, patience }: Shared,
): EvidenceDesk {
  const { context, book, peers, clock, monitor } = options;
  return new EvidenceDesk({
    chain: context.scope.chain,
    setOf: (epoch) => book.epoch(epoch)?.set,
    store: options.evidence,
    pool: transactions.evidencePool(),
    verifierOf: (epoch) => patientVerifier(verifierIn(options, epoch, verifier), patience),
    ...{ peers, clock, monitor, view },
  });
}

function newMembershipDesk(
  { book, votes, clock, monitor }: EngineOptions,
  { transactions, patience }: Shared,
): MembershipDesk {
  return new MembershipDesk({
    ...{ book, clock },
    verifier: { verifyVotes: patience.around((asked, done, from) => votes.verifyVotes(asked, done, from)) },
    refused: (from, cause, detail) => monitor.refused(from, cause, detail),
    pool: transactions.votePool(),
  });
}
