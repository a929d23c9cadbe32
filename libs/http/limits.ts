/** The largest body of a request or an answer, bytes: a member reads none whole that is larger. */
export const BODY_BYTES_MAX = 1024 * 1024;

/** Connections of one server: three of each of some three hundred members, and clients beside them. */
export const HTTP_CONNECTIONS_MAX = 1_024;

/** Requests of one server under way; the next is told to come again. */
export const REQUESTS_MAX = 512;

/** Requests of one caller under way, so that one alone cannot take them all. */
export const REQUESTS_PER_CALLER_MAX = 32;

/** A request must be here whole within this time, milliseconds: a slow sender keeps no connection for ever. */
export const REQUEST_MS = 10_000;

/** Its headers, milliseconds. */
export const HEADERS_MS = 5_000;

/** A connection without a request is closed after this time, milliseconds. */
export const IDLE_MS = 60_000;

/** A TLS handshake, milliseconds. */
export const HANDSHAKE_MS = 5_000;

/** A caller that is told to come again waits at least so long, seconds. */
export const RETRY_AFTER_S = 1;

/** Certificates of members, which need no authority: two years, and made anew at each start. */
export const CERTIFICATE_DAYS = 730;
