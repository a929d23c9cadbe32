import { toHex } from '#libs/bytes/hex.ts';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { payloadRootOf } from '#libs/chain/block-rules.ts';
import { type Epoch, toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { merkleRoot } from '#libs/chain/merkle.ts';
import { stateLeafOf } from '#libs/chain/state-leaf.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { ClientHandover } from '#libs/client/membership.ts';
import type { TransactionProof } from '#libs/client/verify-transaction.ts';
import { encodeHandover } from '#libs/membership/handover.ts';
import type { Roster } from '#libs/membership/roster.ts';
import type { Phase } from '#libs/protocol/hotstuff/statements.ts';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import type { SignerPeers } from './signer-peers.ts';

export interface Place {
  readonly epoch?: Epoch;
  readonly view?: bigint;
  readonly phase?: Phase;
}

const ALONE = { index: 0n, size: 1n, path: [] };

/** A block of this transaction alone. */
function blockOf(bytes: Uint8Array, { epoch = toEpoch(0n), view = 6n }: Place): Block {
  const transaction = transactionOf(bytes);
  const header = {
    ...GENESIS.header,
    ...{ height: toHeight(view), view: toView(view), parent: GENESIS.digest, epoch },
    proposer: toMemberIndex(2),
    stateRoot: toDigest(toHex(merkleRoot([stateLeafOf(transaction)]))),
    payloadRoot: payloadRootOf([transaction]),
    transactionCount: 1,
  };
  return sealBlock(header, [transaction]);
}

/** The proof of members 1 to 3 that this transaction is final. */
export async function finalityOf(
  peers: SignerPeers,
  transaction: Uint8Array,
  place: Place = {},
): Promise<TransactionProof> {
  const block = blockOf(transaction, place);
  const certificate = await peers.certificate(place.phase ?? 'commit', block);
  return {
    payloadProof: ALONE,
    stateProof: ALONE,
    block: { header: block.header, certificate, descendants: [] },
  };
}

/** The end of the epoch before `epoch`, decided by members 1 to 3 at view 20 times that. */
export async function handoverTo(peers: SignerPeers, epoch: bigint, roster: Roster): Promise<ClientHandover> {
  const handover = encodeHandover({ chain: peers.chain, epoch: toEpoch(epoch), roster });
  const block = blockOf(handover, { epoch: toEpoch(epoch - 1n), view: 20n * epoch });
  const certificate = await peers.certificate('commit', block);
  return { header: block.header, certificate, handover, payloadProof: ALONE };
}
