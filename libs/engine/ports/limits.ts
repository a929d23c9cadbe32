/**
 * Votes of all clients together that are held, and those of them that are verified at a time: honest ones are a few in a year,
 * and anybody is a client. One is verified in a millisecond or two, so who is turned away is welcome soon. Those that still wait
 * give way to clients with fewer, and so there are more of them.
 */
export const CLIENT_VOTES_MAX = 16;
export const CLIENT_VOTES_VERIFIED_MAX = 4;

/** Blocks by digest that may be waited for: one view waits for one or two, a few views overlap. */
export const WANTED_BLOCKS_MAX = 64;

/** Callers that may wait for one block. */
export const WAITERS_PER_BLOCK_MAX = 16;

/** How far above the tip a block is asked for by digest; what is further away comes by height, certified. */
export const WANTED_HEIGHTS_AHEAD_MAX = 16n;

/** How long a peer has to answer with one block before the next one is asked, in milliseconds. */
export const WANTED_ANSWER_MS = 2_000;

/** Bytes of transactions in one gossip message, and of those said again to a member that comes back. */
export const GOSSIP_BYTES_MAX = 1024 * 1024;

/** How long a client's transaction may stay the oldest before it is said again: longer than a few quiet views. */
export const GOSSIP_REPEAT_MS = 3_000;

/**
 * Bytes of consensus messages that one member alone is sent: 160 proofs of a view a second with four members and 128f,
 * and a report of 512 members every other second. A leader gets one report and three votes a view.
 */
export const SENT_BYTES_PER_SECOND = 8 * 1024 * 1024;

/**
 * Reports of views that are over, of one member in a second, which are looked at: each is answered with proofs, and what is
 * beyond is refused at its first bytes. A member that is behind says one for each of its views, and again when it waits.
 */
export const LATE_REPORTS_PER_SECOND_MAX = 8;

/** How much of it may go at once: the gateway passes it on in some 100 ms, for so long a vote may wait behind it. */
export const SENT_BYTES_BURST = 4 * 1024 * 1024;

/** Heads of one signer's audit log that are kept to compare: a message that is overtaken by some others is no set-back. */
export const AUDIT_HEADS_KEPT_MAX = 16;

/** Members whose heads are kept: all of the largest federation, and as many that left it. */
export const AUDIT_MEMBERS_MAX = 1_024;

/** Between two heartbeats of a member, milliseconds, and what is added to it at most: a missed decision waits so long. */
export const HEARTBEAT_MS = 10_000;
export const HEARTBEAT_SPREAD_MS = 5_000;

/**
 * Words of one member about its whereabouts that are heard in a second: a heartbeat, one that asks for proof, and two questions
 * and an answer of a member that starts.
 */
export const WHEREABOUTS_PER_SECOND_MAX = 5;

/** How often a member that starts asks the others how far they are, milliseconds. */
export const JOIN_ASK_MS = 1_000;

/** For so long it waits for a second voice after the first, milliseconds: a cut between two members must not silence both. */
export const JOIN_WAIT_MS = 30_000;

/** The timeout of a view is so many times what a view takes: room for a full block, and for a machine that is busy. */
export const VIEW_TIMEOUT_PER_VIEW = 4;

/** Newest decided views that are measured, and how many it takes before they count. */
export const VIEW_SAMPLES_MAX = 16;
export const VIEW_SAMPLES_MIN = 4;

/** How far below the genesis the timeout may fall: half. Its makers measured it on a quiet machine. */
export const VIEW_TIMEOUT_SHRINK_MAX = 2;

/** Between two lines in the log about the same thing of the same member, milliseconds: what goes on is seen, a flood fills no disk. */
export const RECURRING_MS = 60_000;

/** Things of members that are remembered as said: eight of each of the largest federation; more of them are counted only. */
export const RECURRING_TOPICS_MAX = 4_096;

/** Blocks that are held and may lose against a final one: a view adds one, and a final block clears all below it. */
export const UNDECIDED_HEADERS_MAX = 64;

/** Proposals of one leader in one view that come within half a view timeout: itself, a repetition, and two for connections that came back. */
export const PROPOSALS_PER_VIEW_MAX = 3;
