import type { Block } from '#libs/chain/block.ts';
import { digestBytes } from '#libs/chain/ids.ts';
import type { InclusionPath } from '#libs/chain/inclusion-path.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { HeightSpan } from '#libs/engine/ports/block-range.ts';
import type { Membership } from '#libs/membership/membership.ts';
import { isQuorumReached, type QuorumReach } from '#libs/membership/quorum-reach.ts';
import type { Roster } from '#libs/membership/roster.ts';
import {
  type GetBlockRequest,
  type GetBlockResponse,
  type GetStatusResponse,
  type GetTransactionResponse,
  type GetValidatorsResponse,
  type MerkleProof,
  type MissingHistory,
  type ResponseHeader,
  TransactionState,
  type WatchBlock,
  type QuorumReach as WireQuorumReach,
  ReplicaMode as WireReplicaMode,
  type Validator as WireValidator,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import type { CertifiedBlock } from '#libs/protocol/certified-block.ts';
import type { Validator } from '#libs/protocol/validator-set.ts';
import { headerToWire } from '#libs/wire/block.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import type { ClientPorts, FinalTransaction, MemberIdentity, ReplicaMode } from '../../core/ports.ts';
import { auditHeadsToApi } from './audit-heads.ts';
import { ANSWER_BYTES_MAX, proofBytes, type TransactionsPage, transactionsPage } from './block-page.ts';
import { tallyToApi } from './view-tally.ts';

type WithoutHeader<Response> = Omit<Response, 'header'>;

const MODE_TO_WIRE = {
  active: WireReplicaMode.ACTIVE,
  'catching-up': WireReplicaMode.CATCHING_UP,
  halted: WireReplicaMode.HALTED,
} as const satisfies Record<ReplicaMode, WireReplicaMode>;

/** The header that shows how fresh an answer is: read when the answer is made, not when the call came in. */
export function responseHeader(ports: ClientPorts): ResponseHeader {
  const { epoch, view } = ports.status();
  const { height, digest } = ports.chain.tip();
  const { chainId, member } = ports.identity;
  return { chainId, member, epoch, view, finalHeight: height, finalDigest: digestBytes(digest) };
}

export function finalBlockToApi(
  { block, certificate, descendants }: CertifiedBlock,
  { headerOnly, firstTransaction: first }: Pick<GetBlockRequest, 'headerOnly' | 'firstTransaction'>,
): Omit<GetBlockResponse, 'header' | 'stateSections'> {
  const isFirst = first === 0;
  const bytesMax = ANSWER_BYTES_MAX - (isFirst ? proofBytes(certificate, descendants.length) : 0);
  const { transactions, next } = headerOnly
    ? NO_PAGE
    : transactionsPage(block.transactions, { first, bytesMax });
  return {
    block: { header: headerToWire(block.header), transactions },
    blockDigest: digestBytes(block.digest),
    commitCertificate: isFirst ? certificateToWire(certificate) : undefined,
    descendants: isFirst ? descendants.map(headerToWire) : [],
    nextTransaction: next,
    certificateKept: isFirst && descendants.length === 0,
    certifiedHeight: isFirst ? certificate.height : 0n,
  };
}

const NO_PAGE: TransactionsPage = { transactions: [], next: 0 };

export function finalTransactionToApi(found: FinalTransaction): WithoutHeader<GetTransactionResponse> {
  return {
    state: TransactionState.FINAL,
    transaction: found.transaction.bytes,
    height: found.height,
    index: found.index,
    payloadProof: pathToApi(found.payloadProof),
    stateProof: pathToApi(found.stateProof),
    stateSections: [...(found.stateProof.sections ?? [])],
  };
}

export function pendingTransactionToApi({ bytes }: Transaction): WithoutHeader<GetTransactionResponse> {
  return {
    state: TransactionState.PENDING,
    transaction: bytes,
    height: 0n,
    index: 0,
    payloadProof: undefined,
    stateProof: undefined,
    stateSections: [],
  };
}

function pathToApi({ index, size, path }: InclusionPath): MerkleProof {
  return { leafIndex: index, treeSize: size, path };
}

/** A digest with its tag and length. */
const HASH_BYTES = 34;

export function watchBlockToApi(block: Block, includeTransactions: boolean): WatchBlock {
  const { header, digest } = block;
  const transactionHashes = block.transactions.map(({ hash }) => digestBytes(hash));
  const bytesMax = ANSWER_BYTES_MAX - transactionHashes.length * HASH_BYTES;
  const page = { first: 0, bytesMax };
  const { transactions, next } = includeTransactions ? transactionsPage(block.transactions, page) : NO_PAGE;
  return {
    block: { header: headerToWire(header), transactions },
    blockDigest: digestBytes(digest),
    transactionHashes,
    nextTransaction: next,
  };
}

export function statusToApi(ports: ClientPorts): WithoutHeader<GetStatusResponse> {
  const { identity, chain, membership } = ports;
  const now = ports.status();
  return {
    mode: MODE_TO_WIRE[now.mode],
    haltReason: now.haltReason,
    haltAtHeight: now.halt?.height,
    draining: now.isDraining,
    signerFault: now.signerFault,
    leader: now.leader,
    member: now.member ?? 0,
    guest: now.member === undefined,
    phase: now.phase,
    connectedPeers: now.connectedPeers,
    mempoolTransactions: now.mempoolTransactions,
    lastCommitMs: now.lastCommitMs,
    stateRoot: digestBytes(chain.tip().stateRoot),
    timedOutViews: now.timedOutViews,
    viewTimeoutMs: now.viewTimeoutMs,
    targetHeight: now.targetHeight,
    catchUpRemainingS: secondsOf(now.catchUpRemainingMs),
    snapshot: now.snapshot,
    missingHistory: missingHistoryToApi(chain.gap(), now.historyRemainingMs),
    refusedMessages: Object.fromEntries(now.refusedMessages),
    auditHeads: auditHeadsToApi(now.auditHeads),
    quorum: quorumToApi(now.quorum),
    tally: tallyToApi(now),
    protocol: membership.current().terms.protocol,
    scheme: identity.scheme,
  };
}

function quorumToApi(reach: QuorumReach): WireQuorumReach {
  return { ...reach, reached: isQuorumReached(reach), away: [...reach.away] };
}

function missingHistoryToApi(
  gap: HeightSpan | undefined,
  remainingMs: number | undefined,
): MissingHistory | undefined {
  return gap && { fromHeight: gap.from, toHeight: gap.to, remainingS: secondsOf(remainingMs) };
}

function secondsOf(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.ceil(ms / 1_000);
}

export function validatorsToApi(
  { epoch, set, roster }: Pick<Membership, 'epoch' | 'set' | 'roster'>,
  { chainDigest }: MemberIdentity,
): WithoutHeader<GetValidatorsResponse> {
  return {
    validators: set.members.map((member) => validatorToApi(member, roster)),
    quorumWeight: set.quorum.commitWeight,
    faultyWeightMax: set.quorum.faultyWeightMax,
    chainDigest: digestBytes(chainDigest),
    epoch,
  };
}

function validatorToApi({ index, name, publicKey, weight }: Validator, roster: Roster): WireValidator {
  const { gatewayPublicKey = new Uint8Array(), keys = [] } = roster[index] ?? {};
  return { index, name, publicKey, weight, gatewayPublicKey, keys: [...keys] };
}
