/** The terms that decide how large the messages of a federation get. */
export interface SizeTerms {
  readonly members: number;
  /** One signature of the scheme that its members sign with, bytes; of the largest where there are several. */
  readonly signatureBytes: number;
}

/** Bounds in bytes, each of an encoding of its own. */
export interface FederationSizes {
  readonly signatureBytesMax: number;
  /** A quorum certificate that every member signed. */
  readonly certificateBytesMax: number;
  /** A leave certificate of all members, with the prepared certificate in it. */
  readonly leaveCertificateBytesMax: number;
  /** The largest message without a block: a report of one that gives up its view, with two certificates and a leave certificate. */
  readonly reportBytesMax: number;
  /** Evidence: two signatures, and less than 2 KiB beside them, most of it what a statement reports. */
  readonly evidenceBytesMax: number;
}

/** A member's index, tags and lengths, and the digest of the key of a signature, which is reserved. */
const SIGNER_BYTES_MAX = 64;
/** The same, and the report of a member that gave up a view. */
const SHARE_BYTES_MAX = 128;
/** The bytes of a certificate or a message beside its signatures: kind, position, and the block. */
const FACT_BYTES_MAX = 128;
const EVIDENCE_BYTES_BESIDE = 2_048;

/**
 * The one function from the terms of a federation to how large its certificates and messages get. Bounds that must stand
 * before the terms are known are its value for the largest terms, or ceilings above it.
 * It stands here because readers of all layers ask, those that know no protocol too.
 */
export function federationSizes({ members, signatureBytes }: SizeTerms): FederationSizes {
  const certificateBytesMax = members * (signatureBytes + SIGNER_BYTES_MAX) + FACT_BYTES_MAX;
  const sharesBytes = members * (signatureBytes + SHARE_BYTES_MAX);
  const leaveCertificateBytesMax = sharesBytes + certificateBytesMax + FACT_BYTES_MAX;
  const ownBytes = signatureBytes + FACT_BYTES_MAX;
  return {
    signatureBytesMax: signatureBytes,
    certificateBytesMax,
    leaveCertificateBytesMax,
    reportBytesMax: ownBytes + 2 * certificateBytesMax + leaveCertificateBytesMax,
    evidenceBytesMax: 2 * signatureBytes + EVIDENCE_BYTES_BESIDE,
  };
}

/** The largest federation that there can be: 512 members, with SLH-DSA-256f, the largest parameter set of FIPS 205. */
export const LARGEST_TERMS: SizeTerms = { members: 512, signatureBytes: 49_856 };

/** Sizes that no federation exceeds, for readers that do not know the terms. */
export const LARGEST_SIZES = federationSizes(LARGEST_TERMS);
