/** Bounds of the settings files, so that a wrong or hostile file costs little. */

/** conf.yaml is about 3 kB; room for a page of comments. */
export const CONF_TEXT_BYTES_MAX = 1024 * 1024;

/** 10 000 peers with a few addresses each are about 3 MB (P2P-41 asks for 1000 and more). */
export const PEERS_TEXT_BYTES_MAX = 8 * 1024 * 1024;

/** Keys of one mapping in a settings file: ours have up to ten, and each that nothing reads is a warning. */
export const YAML_KEYS_MAX = 1_024;

/** Entries of peers.yaml: twenty times the largest federation. */
export const PEERS_MAX = 10_000;

/** Addresses of one peer: more is a mistake, and each costs a dial. */
export const PEER_ADDRESSES_MAX = 32;

/** 512 members with 64-byte keys are about 150 kB. */
export const GENESIS_TEXT_BYTES_MAX = 2 * 1024 * 1024;

/** Beyond a day an interval is a mistake; a Node timer also fires at once above 24.8 days. */
export const DURATION_MS_MAX = 24 * 60 * 60 * 1000;

/** Rotated log files: more names would make each rotation slow. */
export const LOG_FILE_COUNT_MAX = 1_000;

/** Listen addresses: one per interface and family is ample. */
export const NETWORK_ADDRESSES_MAX = 64;
