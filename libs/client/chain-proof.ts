import { equalBytes } from '#libs/bytes/bytes.ts';
import { Decoder } from '#libs/bytes/decoder.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import type { InclusionPath } from '#libs/chain/inclusion-path.ts';
import {
  GetBlockResponse,
  GetTransactionResponse,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { headerToWire } from '#libs/wire/block.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import { blockFrom, pathFrom, reading, statePathFrom } from './answers.ts';
import { FederationClientError } from './errors.ts';
import { handoverBytes, handoverOfBytes } from './handover-bytes.ts';
import type { ClientHandover } from './membership.ts';
import type { TransactionProof } from './verify-transaction.ts';

/** The proof of the chain for a host without a network, which believes it by the members that it knows already. */
export interface ChainProof {
  /** The ends of epochs, one after the other, each decided by the members of that epoch. */
  readonly handovers: readonly ClientHandover[];
  /** Proof that a transaction is in a final block; undefined where none is asked about. */
  readonly transaction: TransactionProof | undefined;
}

/** Largest file that is read: at 4 members and 128f some 5,000 handovers, at 512 members two dozen. */
export const CHAIN_PROOF_BYTES_MAX = 256 * 1024 * 1024;

const TAG: Uint8Array = new Uint8Array(Buffer.from('btcfed/chain-proof/v1', 'ascii'));

/**
 * The tag, the number of handovers (u32), the handovers, and the proof of the transaction in two parts, each behind its
 * length (u32); without a transaction both are empty. All of them are answers of the client API, as Protobuf.
 */
export function encodeChainProof({ handovers, transaction }: ChainProof): Uint8Array {
  const encoder = new Encoder().fixed(TAG, TAG.length).u32(handovers.length);
  for (const handover of handovers) encoder.prefixed(handoverBytes(handover));
  const [paths, block] = transaction === undefined ? [EMPTY, EMPTY] : partsOf(transaction);
  return encoder.prefixed(paths).prefixed(block).finish();
}

/** @throws FederationClientError `CLIENT_ANSWER_INVALID`; nothing in it is verified yet. */
export function decodeChainProof(file: Uint8Array): ChainProof {
  if (!equalBytes(file.subarray(0, TAG.length), TAG))
    throw unreadable('it was not written by "btcfed members proof"');
  const decoder = new Decoder(file.subarray(TAG.length));
  const count = decoder.u32();
  const handovers: Uint8Array[] = [];
  for (let at = 0; at < count && !decoder.isSpoilt; at++) handovers.push(decoder.prefixed(file.length));
  const [paths, block] = [decoder.prefixed(file.length), decoder.prefixed(file.length)];
  if (!decoder.isWhole) throw unreadable('it is cut short or too long');
  return {
    handovers: handovers.map((bytes, index) => handoverOfBytes(bytes, `handover ${index + 1} of the proof`)),
    transaction: paths.length === 0 && block.length === 0 ? undefined : transactionProofOf(paths, block),
  };
}

const EMPTY = new Uint8Array();

function unreadable(reason: string, cause?: unknown): FederationClientError {
  return new FederationClientError(
    `the proof cannot be used: ${reason}`,
    { code: 'CLIENT_ANSWER_INVALID' },
    { cause },
  );
}

function partsOf({ payloadProof, stateProof, block }: TransactionProof): readonly [Uint8Array, Uint8Array] {
  const { header, certificate, descendants } = block;
  const paths = GetTransactionResponse.create();
  const answer = GetBlockResponse.create();
  return [
    GetTransactionResponse.encode({
      ...{ ...paths, payloadProof: pathToWire(payloadProof), stateProof: pathToWire(stateProof) },
      stateSections: [...(stateProof.sections ?? [])],
    }).finish(),
    GetBlockResponse.encode({
      ...{ ...answer, block: { header: headerToWire(header), transactions: [] } },
      ...{ commitCertificate: certificateToWire(certificate), descendants: descendants.map(headerToWire) },
    }).finish(),
  ];
}

function transactionProofOf(paths: Uint8Array, block: Uint8Array): TransactionProof {
  const [answer, found] = decoded(paths, block);
  return reading('the proof of the transaction', () => ({
    payloadProof: pathFrom(answer.payloadProof),
    stateProof: statePathFrom(answer),
    block: blockFrom(found, true),
  }));
}

function decoded(paths: Uint8Array, block: Uint8Array) {
  try {
    return [GetTransactionResponse.decode(paths), GetBlockResponse.decode(block)] as const;
  } catch (cause) {
    throw unreadable('what it says of the transaction is damaged', cause);
  }
}

function pathToWire({ index: leafIndex, size: treeSize, path }: InclusionPath) {
  return { leafIndex, treeSize, path: [...path] };
}
