import { headerDigest } from '#libs/chain/block.ts';
import { digestBytes } from '#libs/chain/ids.ts';
import { leafHash, verifyInclusion } from '#libs/chain/merkle.ts';
import type { Custodian } from '#libs/custody/custodian.ts';
import { decodeHandover } from '#libs/membership/handover.ts';
import { setOfRoster } from '#libs/membership/roster.ts';
import type { EpochFacts } from '../ports.ts';
import type { HandoverProof } from '../signer-core.ts';

/**
 * The epoch that a handover begins, if everything in the proof fits together; its certificate is still to be verified.
 * That the block is the last of its epoch follows from that certificate: no other block may begin with a handover.
 */
export function handedOver({ state }: Custodian, proof: HandoverProof): EpochFacts | undefined {
  const { header, handover, path, certificate } = proof;
  const found = decodeHandover(handover);
  if (found === undefined || found.chain !== state.chain || found.epoch !== state.epoch + 1n)
    return undefined;
  const digest = headerDigest(header);
  const isCertified = certificate.phase === 'commit' && certificate.digest === digest;
  if (!isCertified || certificate.height !== header.height || header.epoch !== state.epoch) return undefined;
  const isFirst = verifyInclusion({
    root: digestBytes(header.payloadRoot),
    leafHash: leafHash(handover),
    index: 0n,
    size: BigInt(header.transactionCount),
    path: path.map(digestBytes),
  });
  if (!isFirst || found.roster.length === 0) return undefined;
  const { view, height } = header;
  return { set: setOfRoster(found.epoch, found.roster), root: { view, height, digest } };
}
