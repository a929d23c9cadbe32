import { type Block, sealBlock } from '#libs/chain/block.ts';
import { payloadRootOf } from '#libs/chain/block-rules.ts';
import { type Epoch, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { encodeHandover } from '#libs/membership/handover.ts';
import type { Roster } from '#libs/membership/roster.ts';
import { CertificateKind, HandoverProof, type Scope } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { headerToWire } from '#libs/wire/block.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import type { SignerPeers } from './signer-peers.ts';

/** The end of an epoch: its vote table, and the decision of the members for the next. */
export interface EpochSwitch {
  readonly from: VoteTable;
  /** The epoch that begins, and its protocol; the same one where it is left out. */
  readonly epoch: bigint;
  readonly to?: string;
  readonly version?: number;
  readonly needs?: string;
  readonly roster: Roster;
}

/** The height of the last block before an epoch. */
export const heightBefore = (epoch: bigint): bigint => 20n * epoch;

/** The proof of a handover by members 1 to 3, as consensus puts it. */
export async function switchProof(peers: SignerPeers, switched: EpochSwitch): Promise<HandoverProof> {
  const { from, epoch, to, version = 1, needs = '0.2.0', roster } = switched;
  const protocol = to === undefined ? undefined : { id: to, version };
  const terms = protocol && { needs, others: [], protocol, parameters: {} };
  const handover = encodeHandover({
    ...{ chain: peers.chain, epoch: toEpoch(epoch), roster },
    ...(terms && { terms }),
  });
  const last = blockAt(from, { height: heightBefore(epoch), epoch: toEpoch(epoch - 1n), content: handover });
  const vote = voteFor(from, from.decides, last);
  const certificate = await peers.certified(from, vote, toEpoch(epoch - 1n));
  const wire = { header: headerToWire(last.header), certificate: certificateToWire(certificate) };
  return { ...wire, handover, path: [] };
}

/** The request that hands it over, whole. */
export function handoverRequest(proof: HandoverProof, scope: Scope) {
  return { scope, kind: CertificateKind.HANDOVER, chunk: HandoverProof.encode(proof).finish() };
}

interface BlockPlace {
  readonly height: bigint;
  readonly epoch: Epoch;
  readonly content?: Uint8Array;
}

/** A block of one transaction, in the first view that a protocol has for it. */
export function blockAt(
  { instances }: Pick<VoteTable, 'instances'>,
  { height, epoch, content = Buffer.from(`block ${height}`) }: BlockPlace,
): Block {
  const transaction = transactionOf(content);
  const header = {
    ...GENESIS.header,
    ...{ height: toHeight(height), view: toView(instances === 'one' ? height : 0n), epoch },
    ...{ parent: GENESIS.digest, proposer: toMemberIndex(0) },
    ...{ payloadRoot: payloadRootOf([transaction]), transactionCount: 1 },
  };
  return sealBlock(header, [transaction]);
}

/** The statement of a kind about a block, where the protocol makes it first. */
export function voteFor(
  { instances }: Pick<VoteTable, 'instances'>,
  kind: string,
  { header, digest }: Block,
): VoteStatement {
  const { view, height } = header;
  const instance = instances === 'one' ? 0n : height;
  return { kind, instance, view, block: { height, digest }, reports: [] };
}
