import { type Digest, digestBytes } from '#libs/chain/ids.ts';
import type { CallOptions } from '#libs/grpc/calls.ts';
import { type ClientTls, grpcClient } from '#libs/grpc/client.ts';
import type { Roster } from '#libs/membership/roster.ts';
import {
  ConsensusServiceDefinition,
  type GetStatusResponse,
  TransactionState,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import {
  type ClientBlock,
  type ClientTransaction,
  transactionFrom,
  validatorsFrom,
  type WatchedBlock,
} from './answers.ts';
import { mayPass } from './backoff.ts';
import { hashFrom, type PlacedItem, placesFrom, type SubmittedItem, submittedFrom } from './batches.ts';
import { blockReading } from './block-reading.ts';
import { type ClientDiagnosis, diagnosisFrom } from './diagnosis.ts';
import { allEvidence, type ClientEvidence, type EvidenceFilter } from './evidence.ts';
import { type ClientHandover, type ClientMembership, handoverFrom, membershipFrom } from './membership.ts';
import { type ClientExplanation, explanationFrom } from './participation.ts';
import { RESUME_POLICY, type ResumePolicy, resumingWatch } from './resuming-watch.ts';
import { rosterFrom } from './roster.ts';

export interface ClientOptions {
  /** Client API of a member: `host:port` or `unix:path`. */
  readonly address: string;
  readonly tls?: ClientTls;
  /** Deadline of calls that give none of their own, ms. */
  readonly deadlineMs?: number;
  readonly resume?: ResumePolicy;
}

export interface CallLimits extends Pick<CallOptions, 'deadlineMs' | 'signal' | 'traceparent'> {
  /** 32 hex digits that join the log lines of all members; a new one when it is left out. */
  readonly traceId?: string;
}

export interface WatchOptions {
  /** First height wanted, inclusive; left out: from now on. */
  readonly startHeight?: bigint;
  readonly includeTransactions?: boolean;
  /** Ends the watch. */
  readonly signal?: AbortSignal;
}

/** One member's client API. Refusals are `RemoteError`s with the error codes of services/consensus/README.md. */
export interface FederationClient {
  /** Idempotent: the same bytes give the same hash, and are included once. */
  submit(
    transaction: Uint8Array,
    limits?: CallLimits,
  ): Promise<{ readonly hash: Digest; readonly isFinal: boolean }>;
  /** Waits until the transaction is final; set `deadlineMs` to how long that may take. */
  wait(hash: Digest, limits?: CallLimits): Promise<{ readonly height: bigint; readonly index: number }>;
  /** A result for each, in order: up to BATCH_TRANSACTIONS_MAX of BATCH_BYTES_MAX, which `batchesOf` keeps to. Idempotent too. */
  submitMany(transactions: readonly Uint8Array[], limits?: CallLimits): Promise<readonly SubmittedItem[]>;
  /** The places of up to BATCH_TRANSACTIONS_MAX, as they become final; ends after the last. Set `deadlineMs`. */
  waitMany(hashes: readonly Digest[], limits?: CallLimits): AsyncIterable<readonly PlacedItem[]>;
  get(hash: Digest, limits?: CallLimits): Promise<ClientTransaction>;
  /** A final block; `verifyBlock` says whether to believe it. Transactions were checked against its header. */
  getBlock(height: bigint | 'latest', limits?: CallLimits): Promise<ClientBlock>;
  getHeader(height: bigint | 'latest', limits?: CallLimits): Promise<ClientBlock>;
  status(limits?: CallLimits): Promise<GetStatusResponse>;
  /** The faults, as this member sees them. */
  diagnose(limits?: CallLimits): Promise<ClientDiagnosis>;
  /** The signers of a final height, and why others are missing: one member, or all that did not sign. */
  explain(height: bigint | 'latest', member?: string, limits?: CallLimits): Promise<ClientExplanation>;
  /**
   * The validator set of an epoch, or of the one in force, as this member claims it. A verifier must take the set
   * from the genesis file instead.
   */
  validators(limits?: CallLimits, epoch?: bigint): Promise<ValidatorSet>;
  /** The members in force with all their keys, as this member claims them. */
  roster(limits?: CallLimits): Promise<Roster>;
  /** The votes for changes of the members, as this member reports them. */
  membership(limits?: CallLimits): Promise<ClientMembership>;
  /** The proof of the members of an epoch from 1 on; `trustAt` says whether to believe it. */
  handover(epoch: bigint, limits?: CallLimits): Promise<ClientHandover>;
  /** Evidence of misbehaviour that this member has, oldest first; `verifyEvidence` says whether to believe it. */
  evidence(filter?: EvidenceFilter, limits?: CallLimits): AsyncIterable<ClientEvidence>;
  /** Final blocks, once and without gaps, over as many streams as it takes. */
  watch(options?: WatchOptions): AsyncIterable<WatchedBlock>;
  close(): void;
}

/** A client of one member. Connects at the first call, and again by itself after a loss. */
export function connectClient({ address, tls, deadlineMs, resume }: ClientOptions): FederationClient {
  const grpc = grpcClient(ConsensusServiceDefinition, {
    address,
    ...(tls === undefined ? {} : { tls }),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  });
  const blockAt = blockReading(grpc.getBlock);
  return {
    submit: async (transaction, limits) => {
      const { transactionHash, state } = await grpc.submitTransaction({ transaction }, limits);
      return { hash: hashFrom(transactionHash, transaction), isFinal: state === TransactionState.FINAL };
    },
    wait: async (hash, limits) => {
      const { height, index } = await grpc.waitTransaction({ transactionHash: digestBytes(hash) }, limits);
      return { height, index };
    },
    submitMany: async (transactions, limits) => {
      const answer = await grpc.submitTransactions({ transactions: [...transactions] }, limits);
      return submittedFrom(answer, transactions);
    },
    waitMany: (hashes, limits) => {
      const transactionHashes = hashes.map(digestBytes);
      return placesFrom(grpc.waitTransactions({ transactionHashes }, limits), hashes.length);
    },
    get: async (hash, limits) =>
      transactionFrom(await grpc.getTransaction({ transactionHash: digestBytes(hash) }, limits), hash),
    getBlock: (height, limits) => blockAt(height, false, limits),
    getHeader: (height, limits) => blockAt(height, true, limits),
    status: (limits) => grpc.getStatus({}, limits),
    diagnose: async (limits) => diagnosisFrom(await grpc.diagnose({}, limits)),
    explain: async (height, member = '', limits) => {
      const place = height === 'latest' ? { height: 0n, latest: true } : { height, latest: false };
      return explanationFrom(await grpc.explainHeight({ ...place, member }, limits));
    },
    validators: async (limits, epoch) => validatorsFrom(await grpc.getValidators({ epoch }, limits)),
    roster: async (limits) => rosterFrom(await grpc.getValidators({}, limits)),
    membership: async (limits) => membershipFrom(await grpc.getMembership({}, limits)),
    handover: async (epoch, limits) => handoverFrom(await grpc.getHandover({ epoch }, limits)),
    evidence: (filter = {}, limits) => allEvidence((request) => grpc.listEvidence(request, limits), filter),
    watch: (options = {}) => {
      const { startHeight = 0n, includeTransactions = false } = options;
      const { signal = new AbortController().signal } = options;
      const open = (height: bigint) =>
        grpc.watch({ startHeight: height, includeTransactions, progressIntervalS: 0 }, { signal });
      return resumingWatch({
        open,
        block: (height) => blockAt(height, false, { signal }),
        mayResume: mayPass,
        startHeight,
        signal,
        policy: resume ?? RESUME_POLICY,
      });
    },
    close: () => grpc.close(),
  };
}
