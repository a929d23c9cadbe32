import { type Digest, toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { type Transaction, transactionFault } from '#libs/chain/transaction.ts';
import type { Finding } from '#libs/diagnosis/finding.ts';
import { ADDED, FULL, KNOWN, type TransactionAnswer, wrongSize } from '#libs/engine/ports/submission.ts';
import type { ViewTally } from '#libs/protocol/view-tally.ts';
import type { ParticipationReader } from '#services/consensus/core/decided-height.ts';
import { Intake } from '#services/consensus/core/intake.ts';
import type { ClientPorts, MemberStatus } from '#services/consensus/core/ports.ts';
import { auditedMemberOf, foundingOf, memberOf } from '#test/support/chain/membership.ts';
import { MemoryChain } from '#test/support/chain/memory-chain.ts';
import { MemoryEvidence } from './memory-evidence.ts';

const TRANSACTION_BYTES_MAX = 100;

/** A member in memory, for tests of the client API: its mempool is a map and its chain grows when told. */
export interface MemoryMember {
  readonly ports: ClientPorts;
  readonly chain: MemoryChain;
  readonly evidence: MemoryEvidence;
  readonly mempool: Map<Digest, Transaction>;
  readonly intake: Intake;
  /** The answer of `status`; may be changed. */
  status: MemberStatus;
  /** The answer of `diagnose`; may be changed. */
  findings: readonly Finding[];
  mempoolMax: number;
  /** Its memory of decisions: nothing; may be changed. */
  participation: ParticipationReader;
}

export function memoryMember(chain: MemoryChain = new MemoryChain()): MemoryMember {
  const mempool = new Map<Digest, Transaction>();
  const admit = (transaction: Transaction): TransactionAnswer => {
    const { hash, bytes } = transaction;
    const fault = transactionFault(transaction, TRANSACTION_BYTES_MAX);
    if (mempool.has(hash)) return KNOWN;
    if (fault !== undefined) return wrongSize(fault, bytes.length);
    if (mempool.size >= member.mempoolMax) return FULL;
    mempool.set(hash, transaction.copy());
    return ADDED;
  };
  const evidence = new MemoryEvidence();
  const intake = new Intake();
  const roster = ['gamma', 'beta', 'alpha', 'delta'].map((name, at) =>
    name === 'alpha' ? auditedMemberOf(at, { name }) : memberOf(at, { name }),
  );
  const founding = foundingOf(chain.tip().digest, roster);
  const member: MemoryMember = {
    chain,
    evidence,
    mempool,
    intake,
    status: idleStatus(),
    findings: [],
    mempoolMax: 10,
    participation: { seen: () => undefined, lowest: undefined, isAccused: () => false, progress: () => [] },
    ports: {
      identity: {
        chainId: 'test-chain',
        chainDigest: toDigest('c'.repeat(64)),
        member: 'alpha',
        scheme: 'slh-dsa-sha2-128f',
      },
      membership: { current: () => founding, epoch: (epoch) => (epoch === 0n ? founding : undefined) },
      chain,
      final: chain.final,
      intake,
      evidence,
      mempool: {
        submit: (transaction, { answer }) => answer?.(admit(transaction)),
        pending: (hash) => mempool.get(hash),
      },
      status: () => member.status,
      diagnose: () => member.findings,
      participation: {
        seen: (height) => member.participation.seen(height),
        get lowest() {
          return member.participation.lowest;
        },
        progress: (own) => member.participation.progress(own),
        isAccused: (...accused) => member.participation.isAccused(...accused),
      },
    },
  };
  return member;
}

/** The leader has proposed; two of four have voted. */
const IDLE_TALLY: ViewTally = {
  isProposed: true,
  steps: [
    {
      kind: 'prepare',
      members: 2,
      weight: 2n,
      blockWeight: 2n,
      voters: [toMemberIndex(1), toMemberIndex(2)],
    },
    { kind: 'commit', members: 0, weight: 0n, blockWeight: 0n, voters: [] },
  ],
  neededWeight: 3n,
  leaving: { members: 1, weight: 1n },
};

function idleStatus(): MemberStatus {
  return {
    mode: 'active',
    haltReason: '',
    halt: undefined,
    isDraining: false,
    signerFault: '',
    member: toMemberIndex(2),
    epoch: toEpoch(0n),
    height: toHeight(1n),
    view: toView(7n),
    leader: toMemberIndex(3),
    phase: 'prepare',
    votePath: 'all',
    tally: () => IDLE_TALLY,
    connectedPeers: 3,
    mempoolTransactions: 0,
    lastCommitMs: 12.5,
    timedOutViews: 1n,
    viewTimeoutMs: 1_000,
    targetHeight: toHeight(0n),
    catchUpRemainingMs: undefined,
    snapshot: undefined,
    historyRemainingMs: undefined,
    auditHeads: new Map(),
    quorum: {
      members: 4,
      reachable: 4,
      needed: 3,
      totalWeight: 4n,
      reachableWeight: 4n,
      neededWeight: 3n,
      away: [],
    },
    refusedMessages: new Map([['stale', 4n]]),
  };
}
