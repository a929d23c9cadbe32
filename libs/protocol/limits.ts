import { LARGEST_SIZES } from '#libs/chain/federation-sizes.ts';

/**
 * Certificates that one statement in evidence reports. A protocol where each height is decided on its own reports one at
 * most; 16 leave room for one that reports several open heights.
 */
export const EVIDENCE_REPORTS_MAX = 16;

/** The encoding of evidence of any federation. */
export const EVIDENCE_BYTES_MAX = LARGEST_SIZES.evidenceBytesMax;

/** The memory of a detector of contradictions. Each bound holds for any messages of the members. */
export interface CollectorLimits {
  /** Views before the current one of an instance whose statements are remembered: a member that contradicts itself does so soon. */
  readonly viewsBack: bigint;
  /** Views ahead: as far as honest members run ahead of each other. */
  readonly viewsAhead: bigint;
  /** Heights before the current one, in a protocol where each height has views of its own. */
  readonly instancesBack: bigint;
  /** Statements of one member whose signature nobody has verified yet; of verified ones there are two in a slot at most. */
  readonly unverifiedPerMember: number;
  /**
   * Signatures altogether, bytes. A federation of 50 stays below with the default scheme, and a larger one while few views
   * fail; one of 512 with the largest signatures remembers the last view or two.
   */
  readonly bytesMax: number;
}

export const COLLECTOR_LIMITS: CollectorLimits = {
  viewsBack: 16n,
  viewsAhead: 8n,
  instancesBack: 2n,
  unverifiedPerMember: 16,
  bytesMax: 64 * 1024 * 1024,
};

/** The name of an operator's word to the protocol, characters. */
export const CONTROL_NAME_CHARACTERS_MAX = 32;

/** The value of such a word, bytes of UTF-8: a person types it, and a state may keep it. */
export const CONTROL_VALUE_BYTES_MAX = 256;
