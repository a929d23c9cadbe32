/** Between two diagnoses for the log, milliseconds: they count votes and ask the store, and a person is told soon enough. */
export const DIAGNOSIS_LOOK_MS = 5_000;

/** A view that failed, or a fault of a peer, counts for this long, milliseconds: an operator asks about now. */
export const RECENT_MS = 600_000;

/** Failed views that are remembered: more than a member can have within that time and still be worth a list. */
export const FAILED_VIEWS_MAX = 256;

/** More failed views than this within that time are told, as `ViewsTimeOut` of deploy/monitoring/alerts.yaml does: a single crash costs a few. */
export const FAILED_VIEWS_ORDINARY = 10;

/** Kinds of faults of peers that are remembered, each of one peer: eight of each member of a large federation. */
export const PEER_FAULTS_MAX = 512;

/** Transactions wait this long, beside some views, before it is told: a decision with the slowest keys takes seconds. */
export const STALL_MS = 30_000;

/** And as many views: leaders that fail one after the other are within the rules. */
export const STALL_VIEWS = 4;

/** While it catches up a member gets blocks, or asks another peer, within seconds. */
export const STILL_MS = 60_000;

/**
 * At rest a member tells one other, in turn, where it is, within 15 s: so each is heard within that time for each other member. Twice that,
 * and some more, is silence.
 */
export const HEARD_EACH_MS = 15_000;
export const MUTE_SLACK_MS = 30_000;

/** A clock is apart when the time in a block differs by more than this, beside the time that a view may take, milliseconds. */
export const CLOCK_APART_MS = 30_000;

/** The event server connects within a second or two; longer is away. */
export const EVENTS_AWAY_MS = 10_000;

/** Heights that a piece of evidence lists; programs ask for all elsewhere. */
export const HEIGHTS_TOLD_MAX = 8;
