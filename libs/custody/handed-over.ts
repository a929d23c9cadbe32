import { type BlockHeader, headerDigest } from '#libs/chain/block.ts';
import { type Digest, digestBytes, type Epoch } from '#libs/chain/ids.ts';
import { leafHash, verifyInclusion } from '#libs/chain/merkle.ts';
import { SOFTWARE_VERSION } from '#libs/chain/software-version.ts';
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

/**
 * The meaning of a handover to a key. `strange`: it fits together, and means something that this version of the key cannot follow;
 * `reason` says what, and what to install.
 */
export type HandedOver =
  | ({ readonly kind: 'begun' } & BegunEpoch)
  | { readonly kind: 'strange'; readonly epoch: Epoch; readonly reason: string };

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
 * The epoch that a handover begins, if everything in the proof fits together; its certificate is still to be verified, also before
 * anybody is told that the members decided something strange.
 * That the block is the last of its epoch follows from that certificate: no other block may begin with a handover.
 */
export function handedOver(
  { context, state }: Custodian,
  proof: HandoverProof,
  tableOf: TableOf,
): HandedOver | undefined {
  const { header, handover, path, certificate } = proof;
  const found = decodeHandover(handover);
  if (found === undefined || found.chain !== state.chain || found.epoch !== state.epoch + 1n)
    return undefined;
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
  // A handover that is not verified yet must not end the process: a set takes members with a weight alone.
  if (!isFirst || found.roster.length === 0 || found.roster.some(({ weight }) => weight < 1n))
    return undefined;
  // Numbers of the protocol bind the nodes alone.
  const id = found.terms?.protocol?.id ?? context.table.protocol;
  const strange = (reason: string): HandedOver => ({ kind: 'strange', epoch: found.epoch, reason });
  const fault = strangeFault(found);
  if (fault !== undefined) return strange(fault);
  const table = tableOf(id);
  if (table === undefined) return strange(missing(`protocol ${id}`, found));
  const { view, height } = header;
  return {
    kind: 'begun',
    set: setOfRoster(found.epoch, found.roster),
    root: { view, height, digest },
    table,
  };
}

/** The meaning that a later version may give by a handover that this one reads. */
function strangeFault(found: Handover): string | undefined {
  const { terms, roster } = found;
  const { id = '', version = PROTOCOL_VERSION } = terms?.protocol ?? {};
  if (version !== PROTOCOL_VERSION) return missing(`version ${version} of protocol ${id}`, found);
  return (terms && sectionsFault(terms)) ?? keysFault(roster);
}

function missing(what: string, { terms }: Handover): string {
  const least = terms === undefined ? '' : `, ${terms.needs} or later`;
  return `${what}, which btcfed ${SOFTWARE_VERSION} does not have: install a version that has it${least}`;
}
