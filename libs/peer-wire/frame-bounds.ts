import { CHUNK_BYTES } from '#libs/chain/state-chunks.ts';
import { BODIES_ASKED_MAX, TOLD_HASHES_MAX } from '#libs/engine/ports/message-limits.ts';
import { EVIDENCE_BYTES_MAX } from '#libs/protocol/limits.ts';
import type { WireLimits } from '#libs/wire/limits.ts';
import { WireRefusal } from '#libs/wire/refusal.ts';
import type { WireBody } from './protocol-wire.ts';

/** Room for numbers, names, digests and members of a message, and for fields of later versions, which are skipped. */
const BESIDE_CONTENT_BYTES = 4_096;
const HASH_BYTES = 32;

/** The most that the content of a kind takes, for kinds that no block, certificate or state makes large: of others the frame is the bound. */
const CONTENT_BYTES: Partial<Record<WireBody['$case'], (limits: WireLimits) => number>> = {
  vote: ({ signatureBytesMax }) => signatureBytesMax,
  roundsVote: ({ signatureBytesMax }) => signatureBytesMax,
  recoveryRequest: () => 0,
  blocksRequest: () => 0,
  blockRequest: () => 0,
  snapshotRequest: () => 0,
  chunkRequest: () => 0,
  chunkResponse: () => CHUNK_BYTES,
  whereabouts: () => 0,
  waiting: () => TOLD_HASHES_MAX * HASH_BYTES,
  transactionsRequest: () => TOLD_HASHES_MAX * HASH_BYTES,
  bodiesRequest: () => BODIES_ASKED_MAX * HASH_BYTES,
  evidence: () => EVIDENCE_BYTES_MAX,
};

/** @throws WireRefusal `oversized` for a message that is larger than its kind can need. */
export function demandFits(sizeBytes: number, { $case }: Pick<WireBody, '$case'>, limits: WireLimits): void {
  const contentBytes = CONTENT_BYTES[$case]?.(limits);
  if (contentBytes === undefined || sizeBytes <= contentBytes + BESIDE_CONTENT_BYTES) return;
  throw new WireRefusal('oversized', 'message larger than its kind needs');
}
