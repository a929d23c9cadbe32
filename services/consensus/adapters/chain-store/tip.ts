import { assert } from '#libs/assert/assert.ts';
import { type BlockHeader, headerDigest } from '#libs/chain/block.ts';
import type { Frontier } from '#libs/chain/frontier.ts';
import type { Digest, Height } from '#libs/chain/ids.ts';
import { frontierStateRoot } from '#libs/chain/state-sections.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { Tables } from './tables.ts';

/** The newest final block, with all that the next one is built on. */
export interface StoredTip {
  readonly header: BlockHeader;
  readonly digest: Digest;
  readonly height: Height;
  readonly stateRoot: Digest;
  /** State tree up to and with the block. */
  readonly frontier: Frontier;
  /** Its commit certificate. */
  readonly certificate: QuorumCertificate;
}

export function tipOf(header: BlockHeader, frontier: Frontier, certificate: QuorumCertificate): StoredTip {
  const { height, stateRoot } = header;
  return { header, digest: headerDigest(header), height, stateRoot, frontier, certificate };
}

/** The tip on disk; undefined in a new database. @throws when its parts do not belong together. */
export function readTip({ blocks, final, certificates }: Tables): StoredTip | undefined {
  const height = final.tip();
  if (height === undefined) return undefined;
  const header = blocks.headerAt(height);
  const frontier = blocks.frontierAt(height);
  const proof = final.proofFrom(height);
  assert(header !== undefined && frontier !== undefined && proof !== undefined, 'tip is incomplete');
  const tip = tipOf(header, frontier, certificates.get(proof.certificate));
  assert(header.height === height, 'tip is at another height');
  assert(tip.certificate.digest === tip.digest, 'certificate of the tip is of another block');
  assert(frontierStateRoot(frontier) === tip.stateRoot, 'state of the tip is damaged');
  return tip;
}
