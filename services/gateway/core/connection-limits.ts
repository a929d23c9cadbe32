/** Waits between dials of one peer: doubled from the first to the cap, each with jitter (P2P-13). */
export const BACKOFF_BASE_MS = 200;

/**
 * The cap is short because nothing tells one member that another became reachable again (a cable, a firewall rule): a
 * dial each second finds it in time for the 5 s of P2P-16. The circuit and the budget below bound the cost.
 */
export const BACKOFF_CAP_MS = 1_000;

/** Waits before a stream that the peer ended is opened again: a peer that refuses streams is asked seldom. */
export const STREAM_BACKOFF_CAP_MS = 30_000;

/**
 * Failed rounds in a row that open the circuit: some five minutes at the cap of the back-off. An open circuit dials only
 * to try (P2P-14): at this interval, and at once when the network changed, another peer came back or the peer moved.
 */
export const CIRCUIT_FAILURES_MAX = 300;
export const CIRCUIT_TRIAL_MS = 60_000;

/**
 * Dials of all peers together, and the burst: a federation of 512 starts at once, and a dead half costs 50
 * packets a second.
 */
export const DIALS_PER_SECOND = 50;
export const DIAL_BURST = 512;

/**
 * First dials of peers learned from others, which nothing waits for. Without this limit fifty gateways that
 * find each other at once would have every handshake wait for every other, until all of them time out.
 */
export const LEARNED_DIALS_PER_SECOND = 5;
export const LEARNED_DIAL_BURST = 5;

/**
 * The lag at which this process counts as busy, from its own handshakes or from a machine with too much to do.
 * A busy process postpones the first dials of learned peers, several times, each time for this long; and it
 * repeats a failed dial only after the time that the dial took has passed again. Without that, gateways on one
 * busy machine repeat handshakes that all time out, for minutes.
 */
export const LAG_TICK_MS = 100;
export const BUSY_LAG_MS = 50;
export const LAG_DECAY = 0.8;
export const BUSY_WAIT_MS = 1_000;
export const BUSY_RETRY_MS_MAX = 10_000;

/**
 * The handshake of an inbound connection: its first bytes, which follow the connection at once, and all of it.
 * Some round trips and 10 ms of work are far below.
 */
export const FIRST_BYTES_TIMEOUT_MS = 5_000;
export const INBOUND_HANDSHAKE_MS = 10_000;

/**
 * The same limit while this process lags, and the limit for the choice of a protocol on a stream, at either
 * end. The dialling side has a time limit of its own (`peers.connection_timeout`); cutting its handshake short
 * wastes all of its work.
 */
export const HANDSHAKE_TIMEOUT_MS = 30_000;

/**
 * Handshakes of our own dials that are under way at once; each takes some 10 ms of both sides. A handshake that
 * a peer does not answer gives its slot to the next after a while.
 */
export const HANDSHAKES_AT_ONCE = 4;
export const HANDSHAKE_TURN_MS = 1_000;

/**
 * Time limit for the answer to the first packet of a dial. The kernel repeats the packet after 1, 3 and 7 s, so
 * a new dial finds a network that is back sooner than an old one; 2 s is far above any round trip. The
 * handshake has `peers.connection_timeout`.
 */
export const TCP_CONNECT_TIMEOUT_MS = 2_000;

/** Waiting dials are brought forward at most this often, however often peers come and go. */
export const HURRIES_PER_SECOND = 1;
export const HURRY_SPREAD_MS = 250;

/**
 * The member with the higher key waits this long before it dials, so that two members seldom dial each other at
 * once; the lower one needs a few milliseconds on a local network.
 */
export const DIAL_HEAD_START_MS = 250;

/**
 * The same wait for a learned peer, as a multiple: the other side learned of us too, and nothing waits for the
 * connection.
 */
export const PATIENCE = 20;

/** The pause before a peer of another chain or version, or a peer that floods, is dialled again. */
export const REFUSED_RETRY_MS = 30_000;

/** A session that stood this long was a success even when no frames flowed (a peer without our protocols). */
export const STABLE_SESSION_MS = 10_000;

/** Longest time for one dial, also when `peers.connection_timeout` is longer: libp2p's own bound as well. */
export const DIAL_TIMEOUT_MS_MAX = 10 * 60 * 1000;

/**
 * Keep-alive (P2P-15). A peer that was silent since the last beat is asked, and given up after eight silent
 * beats, 4 s. TCP itself repeats after waits that double, so a connection that survives an outage of T may stay
 * silent for T more. A late beat does not count: this process, or the whole machine, stood still. A beat in a
 * time of late beats counts half: the other end may be on this machine, or as busy.
 */
export const KEEP_ALIVE_BEAT_MS = 500;
export const BEAT_LATE_MS = 200;
export const BUSY_BEAT = 0.5;
export const SILENT_BEATS_MAX = 8;

/** A peer that talks is asked too, so that its round trip is known. */
export const BEATS_PER_ROUND_TRIP = 20;

/** The limit after our own network changed: our end of the connection may be gone. */
export const SUSPICIOUS_BEATS_MAX = 3;

/**
 * Time in which the first connection of a peer must answer before the second is closed; otherwise the second replaces
 * it.
 */
export const PROBE_TIMEOUT_MS = 1_000;

/** A close that hangs is cut after this time. */
export const CLOSE_TIMEOUT_MS = 1_000;

/** Room above the sum of its parts that a state has before its own time limit ends it (P2P-08). */
export const STATE_GRACE_MS = 5_000;

/** Connections of one peer at once: the one in use and the one that may replace it. */
export const CONNECTIONS_PER_PEER_MAX = 2;

/** Flap damping (P2P-22): connections that one peer may make in a burst, and per second after it. */
export const FLAP_BURST = 20;
export const FLAPS_PER_SECOND = 1;

/** Connections of peers in no list. They are accepted and logged (P2P-23), get no stream, and are few. */
export const UNKNOWN_CONNECTIONS_MAX = 16;

/** All connections: 512 members, some twice for a moment, and the unknown ones. */
export const CONNECTIONS_MAX = 768;

/**
 * Connections whose handshake is under way. Hosts in the addresses of our peers have places of their own, for a
 * federation of 512 that starts at once; all others together have some. In both pools the host with the most
 * loses its oldest.
 */
export const PENDING_OF_PEERS_MAX = 512;
export const PENDING_OF_STRANGERS_MAX = 256;

/**
 * Handshakes that one host may begin, each some milliseconds of work for us, and the burst above it: a local federation or a
 * NAT has all its peers on one host.
 */
export const HANDSHAKES_PER_HOST_PER_SECOND = 64;
export const HANDSHAKE_BURST_PER_HOST = 512;

/** Dials under way at once: all peers of the largest federation. */
export const PARALLEL_DIALS_MAX = 512;

/**
 * Time for which a busy listen port is tried again before the start fails (P2P-17): another process may be
 * letting go of it.
 */
export const LISTEN_RETRY_MS = 10_000;

/**
 * Names of peers (P2P-04): how long an answer is used, how soon an answer that led nowhere is doubted, and how
 * many are kept.
 */
export const NAME_TTL_MS = 30_000;
export const NAME_DOUBT_MS = 2_000;
export const NAME_LOOKUP_TIMEOUT_MS = 5_000;
export const NAMES_MAX = 1_024;

/** Look-ups under way at once: they block threads that files need too. */
export const NAME_LOOKUPS_MAX = 2;

/** How often our own interfaces are compared with before. */
export const INTERFACE_CHECK_MS = 1_000;
