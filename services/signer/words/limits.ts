import { CHANGE_BYTES_MAX } from '#libs/membership/limits.ts';

/**
 * Requests that may wait for their signature. One view takes five signatures of a member; a client that asks for more
 * than three views' worth at once is faulty, and a longer queue would only answer after the view is over.
 */
export const QUEUE_MAX = 16;

/** Largest key file, in bytes: the biggest key is 128 bytes, twice that in hex, and a few words. */
export const KEY_FILE_BYTES_MAX = 4_096;

/**
 * Views above this are no views: SQLite counts in signed 64 bits. At a thousand views a second they last for
 * three hundred million years.
 */
export const VIEW_MAX = 2n ** 63n - 2n;

/**
 * Certificates that one statement reports: one, in every protocol that there is. A table that allows more asks for a wider bound
 * here, and for room in the record.
 */
export const REPORTS_MAX = 1;

/** Rows kept in the audit log: two months of one block in ten seconds, some 200 MB, hashed again in seconds at start. */
export const AUDIT_ROWS_MAX = 1_000_000;

/** Rows read at one time: some megabyte. */
export const AUDIT_PAGE_ROWS = 4_096;

/** Text in an audit row. */
export const AUDIT_TEXT_MAX = 200;

/** One certificate, encoded: a timeout certificate of 342 signatures of 49,856 bytes, and the certificate in it. */
export const CERTIFICATE_BYTES_MAX = 36 * 1024 * 1024;

/**
 * Tags, lengths and small numbers in one message: a timeout certificate of 512 members has nine of them in a share, and six in
 * a signature of the certificate in it.
 */
export const CORE_MESSAGE_FIELDS_MAX = 16 * 1024;

/** One piece of a certificate. */
export const CHUNK_BYTES_MAX = 64 * 1024;

/**
 * Bytes of certificates that one client may send: the two largest at once, then one in a second. A view of 512 members takes
 * four of 10 MB, and seconds.
 */
export const CERTIFICATE_BYTES_RATE = {
  burst: 2 * CERTIFICATE_BYTES_MAX,
  perSecond: CERTIFICATE_BYTES_MAX,
} as const;

/** A certificate up to this size is taken without asking how many members there are; also a handover names them. */
export const CERTIFICATE_BYTES_FREE = 1024 * 1024;

/** One frame between edge and core: a whole certificate and a little more. */
export const CORE_FRAME_BYTES_MAX = CERTIFICATE_BYTES_MAX + 1_024;

/** Connections of edges to a core: a live one, and a dead one whose end has not been noticed yet. */
export const EDGES_MAX = 2;

/** Connections of operators to a core: one at work, and a forgotten one. */
export const ADMINS_MAX = 4;

/** One frame of the admin socket: a passphrase, or the longest change that there can be, and a little more. */
export const ADMIN_FRAME_BYTES_MAX = CHANGE_BYTES_MAX + 8 * 1_024;

/**
 * Rows of the audit log that a running core reads for its operator at one time. A vote that comes meanwhile waits for
 * them: without a compiler some milliseconds.
 */
export const AUDIT_ANSWER_ROWS = 64;

/** How often the core checks whether to log the end of its audit log. */
export const AUDIT_HEAD_TICK_MS = 1_000;

/**
 * The end is logged a minute after the last time, if it grew: only rows of the last minute can be rewritten unnoticed.
 */
export const AUDIT_HEAD_LOG_TICKS = 60;

/** And after so many rows at once: the operator wants to know of a flood. */
export const AUDIT_HEAD_LOG_ROWS = 1_000n;

/**
 * The largest answer on the admin socket: so many rows, each with 200 characters of text and as many bytes
 * around them.
 */
export const ADMIN_ANSWER_BYTES_MAX = 128 * 1_024;

/** The slowest signature on a busy host, and a queue of them. */
export const CORE_CALL_MS_MAX = 60_000;

/** A core that is silent about itself for so long does not sign: the question costs it less than a millisecond. */
export const CORE_SILENT_MS = 3_000;

/** A signing history: 512 members with 64 bytes of key and a name, 160 slots, 201 open instances, and some words. */
export const HISTORY_BYTES_MAX = 1024 * 1024;

/** Calls open at one time on a connection: a view has five signatures, and one certificate on its way. */
export const CALLS_PER_CONNECTION_MAX = 8;

/** The client matrix: consensus, an operator, a monitor, and room. */
export const CLIENTS_MAX = 16;

/** Rules of one client: every operation and phase of four protocols. */
export const GRANTS_MAX = 64;

/** Calls in a second that a rule may allow: more than any key signs. */
export const RATE_MAX = 10_000;

/** Requests that one edge may have open: the sum over all of its clients. */
export const CALLS_AT_ONCE_MAX = CLIENTS_MAX * CALLS_PER_CONNECTION_MAX;

/** The file of the matrix: 16 clients with 64 rules of some 150 bytes. */
export const CLIENT_FILE_BYTES_MAX = 256 * 1024;

/** One request: a piece of a certificate, or a vote with a short one in it, and a little more (services/signer/README.md R10). */
export const REQUEST_BYTES_MAX = 128 * 1024;

/** Connections of one key that ask for signatures: consensus has one, and a second one is somebody else. */
export const CONNECTIONS_PER_KEY_MAX = 1;

/** A request, or a whole certificate of 36 MiB on a slow link, arrives within this time. */
export const REQUEST_MS_MAX = 30_000;

/**
 * Space kept free on the disk of the record: for a history of the largest size, and for the audit rows of an operator
 * who deals with a full disk.
 */
export const RESERVE_BYTES = 2 * 1024 * 1024;

/** Free room that a start asks for, beside the reserve: some views, in the log of the record and in the record. */
export const RECORD_ROOM_BYTES_MIN = 4 * 1024 * 1024;

/**
 * Pages of the log of the record, 4 KiB each, from which on it is folded into the record while a signature is made: some thirty
 * signatures. SQLite does it by itself at 1,000, between a signature and its answer.
 */
export const LOG_PAGES_MAX = 500;
