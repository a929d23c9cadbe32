import { type BlockHeader, headerDigest } from '#libs/chain/block.ts';
import { payloadRootOf } from '#libs/chain/block-rules.ts';
import { type Digest, toEpoch } from '#libs/chain/ids.ts';
import type { InclusionPath, StatePath } from '#libs/chain/inclusion-path.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import {
  type GetBlockResponse,
  type GetTransactionResponse,
  type GetValidatorsResponse,
  type MerkleProof,
  TransactionState,
  type WatchBlock,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { type ValidatorSet, validatorSet } from '#libs/protocol/validator-set.ts';
import {
  digestFromWire,
  headerFromWire,
  transactionsFromWire,
  transactionsToWire,
} from '#libs/wire/block.ts';
import { certificateFromWire } from '#libs/wire/certificate.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { demand, present, WireRefusal } from '#libs/wire/refusal.ts';
import { invalidAnswer } from './errors.ts';
import { saysWhichProves } from './proving-height.ts';
import type { BlockProof } from './verify-block.ts';

/** A final block as a member tells it: believed once `verifyBlock` says so. */
export interface ClientBlock extends BlockProof {
  /** Computed here from the header. */
  readonly digest: Digest;
  /** Empty when only the header was asked for. */
  readonly transactions: readonly Uint8Array[];
}

/** A transaction as a member tells it. Proofs are there when it is final; `getBlock` has the rest of the proof. */
export type ClientTransaction =
  | { readonly state: 'pending'; readonly transaction: Uint8Array }
  | {
      readonly state: 'final';
      readonly transaction: Uint8Array;
      readonly height: bigint;
      readonly index: number;
      readonly payloadProof: InclusionPath;
      readonly stateProof: StatePath;
    };

/** One final block of a watch. */
export interface WatchedBlock {
  readonly header: BlockHeader;
  /** Computed here from the header. */
  readonly digest: Digest;
  readonly transactionHashes: readonly Digest[];
  /** Empty unless asked for. */
  readonly transactions: readonly Uint8Array[];
}

/** @throws FederationClientError `CLIENT_ANSWER_INVALID`, as do all of these. */
export function digestFrom(bytes: Uint8Array): Digest {
  return reading('hash', () => digestFromWire(bytes, 'transaction_hash'));
}

/** Transactions, where they were asked for, are those of the header. */
export function blockFrom(answer: GetBlockResponse, headerOnly: boolean): ClientBlock {
  return reading('block', () => {
    const block = present(answer.block, 'block');
    demand(answer.descendants.length <= WIRE_LIMITS.descendantsMax, 'too many descendants');
    const header = headerFromWire(present(block.header, 'header'), WIRE_LIMITS);
    const transactions = transactionsFromWire(block.transactions, WIRE_LIMITS);
    demand(headerOnly || isPayloadOf(header, transactions), 'transactions of another block');
    const certificate = certificateFromWire(answer.commitCertificate, WIRE_LIMITS);
    demand(saysWhichProves(answer, certificate.height), 'said to be proved by another height');
    return {
      header,
      digest: headerDigest(header),
      transactions: transactionsToWire(transactions),
      certificate,
      descendants: answer.descendants.map((each) => headerFromWire(each, WIRE_LIMITS)),
    };
  });
}

export function transactionFrom(answer: GetTransactionResponse, hash: Digest): ClientTransaction {
  const { transaction, height, index } = answer;
  return reading('transaction', () => {
    demand(transactionOf(transaction).hash === hash, 'another transaction');
    if (answer.state !== TransactionState.FINAL) return { state: 'pending', transaction };
    const payloadProof = pathFrom(answer.payloadProof);
    const stateProof = statePathFrom(answer);
    return { state: 'final', transaction, height, index, payloadProof, stateProof };
  });
}

export function watchedBlockFrom(answer: WatchBlock): WatchedBlock {
  return reading('watched block', () => {
    const block = present(answer.block, 'block');
    const header = headerFromWire(present(block.header, 'header'), WIRE_LIMITS);
    demand(header.transactionCount === answer.transactionHashes.length, 'hashes do not match the header');
    return {
      header,
      digest: headerDigest(header),
      transactionHashes: answer.transactionHashes.map((each) => digestFromWire(each, 'transaction_hash')),
      transactions: transactionsToWire(transactionsFromWire(block.transactions, WIRE_LIMITS)),
    };
  });
}

/** The set that a member claims. To verify answers of the same member, take the set from the genesis file. */
export function validatorsFrom(answer: GetValidatorsResponse): ValidatorSet {
  return reading('validators', () => {
    demand(answer.validators.length > 0, 'no validators');
    demand(answer.validators.length <= WIRE_LIMITS.membersMax, 'too many validators');
    for (const [at, { index, weight }] of answer.validators.entries()) {
      demand(index === at && weight > 0n, 'validator out of order or without weight');
    }
    return validatorSet(toEpoch(answer.epoch), answer.validators);
  });
}

function isPayloadOf(
  { payloadRoot, transactionCount }: BlockHeader,
  transactions: readonly Transaction[],
): boolean {
  return transactions.length === transactionCount && payloadRootOf(transactions) === payloadRoot;
}

export function pathFrom(proof: MerkleProof | undefined): InclusionPath {
  const { leafIndex: index, treeSize: size, path } = present(proof, 'proof');
  return { index, size, path };
}

export function statePathFrom({
  stateProof,
  stateSections,
}: Pick<GetTransactionResponse, 'stateProof' | 'stateSections'>): StatePath {
  const path = pathFrom(stateProof);
  return stateSections.length === 0 ? path : { ...path, sections: stateSections };
}

export function reading<Value>(what: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof WireRefusal) throw invalidAnswer(`${what}: ${error.message}`, error);
    throw error;
  }
}
