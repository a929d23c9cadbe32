const MIB = 1024 * 1024;

/** One message. A thousand entries of the usual two addresses are 250 kB; those of most and longest do not fit, and are paged. */
export const EXCHANGE_MESSAGE_BYTES_MAX = 1 * MIB;

/** Entries of one message, and bytes that a page is filled to: below the frame by more than one entry. */
export const RECORDS_PER_MESSAGE_MAX = 1_000;
export const PAGE_BYTES_MAX = MIB - 64 * 1024;

/** Addresses of one peer, and letters of one. */
export const RECORD_ADDRESSES_MAX = 16;
export const ADDRESS_LETTERS_MAX = 256;

/**
 * Fields of one message, of its body and of the entries in it: counted before anything is decoded, as an empty one is two
 * bytes and costs an object. A full message has 20 of each of its 1000 entries, and some around them.
 */
export const EXCHANGE_DEPTH = 3;
export const EXCHANGE_FIELDS_MAX = RECORDS_PER_MESSAGE_MAX * (RECORD_ADDRESSES_MAX + 4) + 1_100;

/** Time from the opening of a stream to its end: a slow drip or a stream that never ends is cut (P2P-77). */
export const EXCHANGE_TIMEOUT_MS = 10_000;

/** Requests of one peer: ten a minute, or three in an interval where that is more; and the burst. */
export const REQUESTS_PER_MINUTE = 10;
export const REQUESTS_PER_INTERVAL = 3;
export const REQUEST_BURST = 10;

/** Announcements and updates of one peer. An honest one sends an update a second at most, and only when there is news. */
export const UPDATES_PER_SECOND = 2;
export const UPDATE_BURST = 20;

/** Peers whose rate is remembered; beyond it the oldest is forgotten. */
export const RATES_MAX = 4_096;

/** Entries in the list: eight times the largest federation, some 2 MB. */
export const RECORDS_MAX = 4_096;

/** Entries in the list that one source has told first: a liar cannot fill it alone. Members do not count. */
export const RECORDS_PER_SOURCE_MAX = 1_024;

/** Learned peers that are dialled while the chain is unknown: as many as the largest federation has. */
export const LEARNED_DIALLED_MAX = 512;

/** An entry of a peer that nobody was connected with for this long is dropped everywhere (P2P-79). */
export const STALE_MS = 24 * 60 * 60_000;

/** A peer signs its entry anew this often, so that those without a connection to it hear that it lives. */
export const RECORD_REFRESH_MS = STALE_MS / 8;

/** Peers that are asked in each interval: three chances to hear of a record that no update brought. */
export const PARTNERS_PER_INTERVAL = 3;

/** Peers that are asked for their whole list at the start, before the rhythm of the interval begins (P2P-81). */
export const BOOTSTRAP_PARTNERS = 3;

/** Pages asked for in one go: more than the largest list has. */
export const PAGES_MAX = 8;

/** The interval is stretched or shortened by up to this share, so that members do not ask all at once. */
export const INTERVAL_JITTER = 0.2;

/**
 * Delay of news, so that fifty entries that come together leave together, and the number of peers told: six tell six
 * others each, which reaches 512 in four steps; the next interval brings missed entries (P2P-72, P2P-78).
 */
export const NEWS_DELAY_MS = 500;
export const NEWS_FANOUT = 6;

/** The delay is also at most this share of the interval. */
export const NEWS_DELAY_SHARE = 0.1;

/** The store hears again that a peer is seen after this long: the file is not written for every beat. */
export const KEEP_AGAIN_MS = 60 * 60_000;

/** News become dialled peers after this pause, so that an answer of a thousand entries is one change. */
export const LEARN_DELAY_MS = 50;
