/** A name is at most this many bytes: `MEMBER_NAME`. */
export const NAME_BYTES_MAX = 32;

/** A consensus public key: SLH-DSA-256, the largest of FIPS 205. */
export const PUBLIC_KEY_BYTES_MAX = 64;

/**
 * Numbers of members that any federation may have (HS-70, FED-03): fewer than four cannot bear one that lies, and a protocol
 * must say that it runs like that (libs/protocol/parameters.ts); the engine is built for 512, as LARGEST_TERMS
 * (libs/chain/federation-sizes.ts) says too, which the edge of the signer does not reach.
 */
export const MEMBERS_MIN = 4;
export const MEMBERS_MAX = 512;

/** The name of a scheme of keys: those of FIPS 205 have up to 18 bytes. */
export const KEY_SCHEME_BYTES_MAX = 32;

/**
 * Keys of a member beside those of consensus and gateway. Together they have room for four of Ed25519 with their proofs (117 bytes each),
 * so that the 512 members of a handover stay below half a megabyte.
 */
export const MEMBER_KEYS_MAX = 16;
export const MEMBER_KEYS_BYTES_MAX = 512;

/**
 * Proofs of possession that a member remembers to hold, about 150 bytes each: those of eight changes of all members with four keys each. A
 * change that its desk judged costs the blocks that adopt it nothing.
 */
export const PROOFS_REMEMBERED_MAX = 8 * 4 * MEMBERS_MAX;

/** An entry with further keys: name, weight, the number of keys, and then consensus and gateway with 14 bytes around each and the scheme `ed25519`. */
const MEMBER_BYTES_MAX =
  4 + NAME_BYTES_MAX + 8 + 4 + 2 * 14 + 7 + PUBLIC_KEY_BYTES_MAX + 32 + MEMBER_KEYS_BYTES_MAX;

/** The numbers of a protocol that a change may name. */
export const PARAMETERS_MAX = 64;
export const PARAMETER_NAME_BYTES_MAX = 64;

/** The name of an application. */
export const APPLICATION_NAME_BYTES_MAX = 64;

/** The name of a version of btcfed: three numbers of up to five digits. */
export const NEEDS_BYTES_MAX = 17;

/** The sections of new terms together, each with 6 bytes of tag and length: the most parameters take 4,874, and others need room. */
export const TERMS_SECTIONS_MAX = 16;
export const TERMS_SECTIONS_BYTES_MAX = 8_192;

const TERMS_BYTES_MAX = 4 + NEEDS_BYTES_MAX + 4 + TERMS_SECTIONS_BYTES_MAX;

/** The encoding of a handover: all members, new terms, and less than 128 bytes beside them. */
export const HANDOVER_BYTES_MAX = MEMBERS_MAX * MEMBER_BYTES_MAX + TERMS_BYTES_MAX + 128;

/** The encoding of a change: all members leave, as many others join, and the terms are new. */
export const CHANGE_BYTES_MAX = MEMBERS_MAX * (MEMBER_BYTES_MAX + 4 + NAME_BYTES_MAX) + TERMS_BYTES_MAX + 128;

/** Changes that one member may vote for at a time: it may change its mind, and not fill the memory of the others. The same in all versions. */
export const VOTES_PER_MEMBER_MAX = 4;

/** Further keys of a member that joins by a change: those of the purposes that there are, and one. The same in all versions. */
export const VOTED_KEYS_MAX = 4;

/**
 * Blocks for which a vote may be good at most: a week at one block a second. Long enough that the operators of
 * 512 members come to it, and short enough that votes taken in different months do not add up. The same in all versions.
 */
export const VOTE_BLOCKS_MAX = 604_800n;
