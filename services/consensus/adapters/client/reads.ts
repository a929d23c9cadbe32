import { toHex } from '#libs/bytes/hex.ts';
import { type Digest, type Height, toDigest, toHeight } from '#libs/chain/ids.ts';
import type {
  GetBlockRequest,
  GetBlockResponse,
  GetTransactionRequest,
  GetTransactionResponse,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import type { ClientPorts, FinalChain } from '../../core/ports.ts';
import {
  finalBlockToApi,
  finalTransactionToApi,
  pendingTransactionToApi,
  responseHeader,
} from '../wire/wire-api.ts';
import { ClientError, historyDamaged, historyMissing, invalidRequest } from './client-errors.ts';

const HASH_BYTES = 32;

/** @throws ClientError `CONSENSUS_REQUEST_INVALID` unless it is 32 bytes. */
export function hashFromRequest(bytes: Uint8Array): Digest {
  if (bytes.length !== HASH_BYTES) throw invalidRequest('transaction_hash', 'is not 32 bytes');
  return toDigest(toHex(bytes));
}

/** Final before pending: a transaction may be in both for a moment, and only one of them is for ever. */
export function getTransaction(ports: ClientPorts, request: GetTransactionRequest): GetTransactionResponse {
  const hash = hashFromRequest(request.transactionHash);
  const header = responseHeader(ports);
  const final = ports.chain.transaction(hash);
  if (final !== undefined) return { header, ...finalTransactionToApi(final) };
  const position = ports.chain.positionOf(hash);
  if (position !== undefined) throw notHeld(ports.chain, position.height);
  const pending = ports.mempool.pending(hash);
  if (pending !== undefined) return { header, ...pendingTransactionToApi(pending) };
  const gap = ports.chain.gap();
  if (gap !== undefined && ports.chain.isCommitted(hash)) throw historyMissing(gap);
  throw new ClientError('neither final nor waiting on this member', {
    code: 'CONSENSUS_TRANSACTION_UNKNOWN',
  });
}

export function getBlock(ports: ClientPorts, request: GetBlockRequest): GetBlockResponse {
  const { height: finalHeight } = ports.chain.tip();
  const height = request.latest ? finalHeight : toHeight(request.height);
  if (height > finalHeight) {
    throw new ClientError(`not final: the newest final height is ${finalHeight}`, {
      code: 'CONSENSUS_BLOCK_NOT_FINAL',
      finalHeight,
    });
  }
  const certified = ports.chain.certifiedBlock(height);
  if (certified === undefined) throw notHeld(ports.chain, height);
  if (request.firstTransaction > certified.block.transactions.length) {
    throw invalidRequest(
      'first_transaction',
      `is above ${certified.block.transactions.length}, what the block has`,
    );
  }
  const stateSections = [...ports.chain.sectionsAt(height)];
  return {
    ...{ header: responseHeader(ports), stateSections },
    ...finalBlockToApi(certified, request),
  };
}

/** Why a final block is not here. */
export function notHeld(chain: Pick<FinalChain, 'gap'>, height: Height): ClientError {
  const gap = chain.gap();
  const isInGap = gap !== undefined && height >= gap.from && height <= gap.to;
  return isInGap ? historyMissing(gap) : historyDamaged(height);
}
