import { type BlockHeader, headerDigest } from '#libs/chain/block.ts';
import { type Digest, digestBytes } from '#libs/chain/ids.ts';
import { leafHash, verifyInclusion } from '#libs/chain/merkle.ts';
import { decodeHandover, type Handover } from '#libs/membership/handover.ts';
import { keysFault } from '#libs/membership/key-rules.ts';
import { setOfRoster } from '#libs/membership/roster.ts';
import { PROTOCOL_VERSION, sectionsFault } from '#libs/membership/terms-rules.ts';
import type { EpochRoot, QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { Custodian } from './custodian.ts';

/** The epoch that a handover begins: its members, the block that it grows out of, and the votes of its protocol. */
export interface BegunEpoch {
  readonly set: ValidatorSet;
  readonly root: EpochRoot;
  readonly table: VoteTable;
}

/** The votes of a protocol that the key may go on under, by its id. */
export type TableOf = (protocol: string) => VoteTable | undefined;

/**
 * The handover to the next members: the first transaction of an epoch's last block, which the epoch's members decided.
 */
export interface HandoverProof {
  readonly kind: 'handover';
  /** Commit certificate of the block. */
  readonly certificate: QuorumCertificate;
  readonly header: BlockHeader;
  readonly handover: Uint8Array;
  /** The path, from the leaf up. */
  readonly path: readonly Digest[];
}

/**
 * The epoch that a handover begins, if everything in the proof fits together; its certificate is still to be verified.
 * That the block is the last of its epoch follows from that certificate: no other block may begin with a handover.
 */
export function handedOver(
  { context, state }: Custodian,
  proof: HandoverProof,
  tableOf: TableOf,
): BegunEpoch | undefined {
  const { header, handover, path, certificate } = proof;
  const found = decodeHandover(handover);
  if (found === undefined || found.chain !== state.chain || found.epoch !== state.epoch + 1n)
    return undefined;
  // Numbers of the protocol bind the nodes alone.
  const { terms } = found;
  const table = tableOf(terms?.protocol?.id ?? context.table.protocol);
  if (table === undefined || strangeFault(found) !== undefined) return undefined;
  const digest = headerDigest(header);
  const isCertified = certificate.kind === context.table.decides && certificate.digest === digest;
  if (!isCertified || certificate.height !== header.height || header.epoch !== state.epoch) return undefined;
  const isFirst = verifyInclusion({
    root: digestBytes(header.payloadRoot),
    leafHash: leafHash(handover),
    index: 0n,
    size: BigInt(header.transactionCount),
    path: path.map(digestBytes),
  });
  // What is not verified yet must not end the process: a set takes members with a weight alone.
  if (!isFirst || found.roster.length === 0 || found.roster.some(({ weight }) => weight < 1n))
    return undefined;
  const { view, height } = header;
  return { set: setOfRoster(found.epoch, found.roster), root: { view, height, digest }, table };
}

/** What a later version may mean by a handover that this one reads. */
function strangeFault({ terms, roster }: Handover): string | undefined {
  const { version = PROTOCOL_VERSION } = terms?.protocol ?? {};
  if (version !== PROTOCOL_VERSION) return `version ${version} of a protocol`;
  return (terms && sectionsFault(terms)) ?? keysFault(roster);
}
