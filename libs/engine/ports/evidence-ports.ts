import type { Digest, Height, MemberIndex } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { Evidence } from '#libs/protocol/evidence.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import type { MemberFault } from './operator-codes.ts';

/** Evidence whose signatures were verified. */
export interface ProvedEvidence {
  readonly evidence: Evidence;
  /** Names the contradiction. */
  readonly digest: Digest;
  /** Canonical encoding, as members, files and blocks hold it. */
  readonly content: Uint8Array;
}

/** Keeps evidence for ever. */
export interface EvidenceStore {
  has(digest: Digest): boolean;
  /** Durable when it returns. `full`: this member has enough against the accused, of this position or of this epoch. */
  put(proved: ProvedEvidence): 'stored' | 'known' | 'full';
  /** The evidence that no final block holds yet, oldest first. */
  pending(countMax: number): readonly ProvedEvidence[];
}

/** The mempool, as far as evidence goes into blocks through it. */
export interface EvidencePool {
  /** False when it is full, or the transactions of this chain are smaller than evidence. */
  add(evidence: Transaction): boolean;
  get(hash: Digest): Transaction | undefined;
  remove(hash: Digest): void;
}

/** The reports about evidence. */
export interface EvidenceMonitor {
  evidenceFound(proved: ProvedEvidence): void;
  evidenceConfirmed(evidence: Evidence, height: Height): void;
  evidenceUnconfirmed(evidence: Evidence): void;
  refused(from: MemberIndex, cause: RefusalCause, detail?: string, fault?: MemberFault): void;
}

/** Evidence against one member that is kept for one position of an epoch (BYZ-28). */
export const EVIDENCE_PER_POSITION_MAX = 10;

/**
 * Evidence against one member that is kept for one epoch. It is kept for ever, and a liar can make more in every view: at
 * up to 100 KB each, the first 256 prove enough.
 */
export const EVIDENCE_PER_MEMBER_MAX = 256;
