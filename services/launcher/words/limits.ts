/** Bounds of the tool, each with its reason. Times in milliseconds. */

/** A service that is not serving by then is stuck: one takes half a second on an idle core. */
export const SERVICE_START_MS = 20_000;

/** Added for each process that starts at the same time, because they share the cores. */
export const SERVICE_START_EACH_MS = 1_000;

/** Longer than the services' own stop deadline (5 s), so that theirs is the one that speaks. */
export const SERVICE_STOP_MS = 7_000;

/** A member that was killed with its supervisor lets go of its ports within its stop deadline (5 s). */
export const PORT_LEFT_MS = 5_000;

/** First and longest pause between two looks for a member that is finding its peers. */
export const PROBE_PAUSE_MS_MIN = 50;
export const PROBE_PAUSE_MS_MAX = 500;

/**
 * Longest pause between two tries to connect to a service that is starting: a start has three waves, and each loses
 * up to one pause.
 */
export const CONNECT_PAUSE_MS_MAX = 100;

/** First and longest time in which a starting service must have answered a connection; doubled each time it has not. */
export const CONNECT_MS_MIN = 2_000;
export const CONNECT_MS_MAX = 30_000;

/** Back-off of a crashed service: doubles up to the longest, so that a full disk is not hammered. */
export const RESTART_PAUSE_MS_MIN = 200;
export const RESTART_PAUSE_MS_MAX = 10_000;

/** Crashes within the window after which a service stays down: a person must look. */
export const CRASHES_MAX = 10;
export const CRASH_WINDOW_MS = 300_000;

/** A service that was started again after its disk was full, and runs for so long, has room again. */
export const DISK_BACK_MS = 5_000;

/** The part of a service's stderr that is read for the reason of its crash. */
export const ERROR_TAIL_BYTES = 8 * 1024;

/** Deadline of one question to a member. */
export const CALL_MS = 5_000;

/** How often the status of each member is asked for while it is shown. */
export const STATUS_INTERVAL_MS = 1_000;

/** Pause between status lines without a terminal; a line is printed only when the status changed. */
export const STATUS_PRINT_MS = 5_000;

/** Members of a local federation must find each other within this. */
export const CONNECT_MS = 30_000;

/** Submitted transactions that are not yet final: fewer than the mempool's bound, more than a block holds. */
export const SUBMITTED_AT_ONCE_MAX = 256;

/** The same when a person says how many: a member serves 1024 calls at once on one connection. */
export const IN_FLIGHT_MAX = 4_000;

/** Blocks asked for at once while chains are compared. */
export const BLOCKS_AT_ONCE_MAX = 32;

/** Files that a person names are read whole. */
export const INPUT_BYTES_MAX = 256 * 1024 * 1024;

/** Bundles of older sources that may stay in the cache. */
export const BUNDLES_KEPT_MAX = 5;

/** Pause before a call is tried again that failed for a reason that passes. */
export const RETRY_PAUSE_MS = 200;

/**
 * Pause between tries of a call that a member refused for the moment: short at first, and longer while it stays busy.
 */
export const RETRY_LIMITS = { backoffMsMin: 100, backoffMsMax: 5_000 } as const;

/** A member that is started again answers within seconds; of one that is silent for longer a person is told. */
export const SILENCE_TOLD_MS = 5_000;

/** A transaction of a local federation is final in so many first views, or something is wrong. */
export const VIEWS_PER_COMMIT_MAX = 60;

/** All members must reach the height of the highest one within this. */
export const CATCH_UP_MS = 60_000;

/** The same for a person who has pressed Ctrl-C. */
export const CATCH_UP_STOPPING_MS = 3_000;

/** A service prints little beside its log, unless it fails at every start: then the file is begun anew at this size. */
export const OUTPUT_FILE_BYTES_MAX = 1024 * 1024;

/** Pause between attempts to hear of changed `logging` keys while the config service is away. */
export const LOGGING_RETRY_MS = 1_000;

/** A reload may wait for each of four services for 3 s, and for one reload before it. */
export const CONFIG_CALL_MS = 30_000;

/** A request to a federation that runs is one short line, which its caller sends at once. */
export const CONTROL_REQUEST_BYTES_MAX = 1024;
export const CONTROL_REQUEST_MS = 5_000;

/** Its answer names four processes of each of 512 members at most. */
export const CONTROL_ANSWER_BYTES_MAX = 1024 * 1024;

/** Callers at once; each waits for those before it. */
export const CONTROL_CALLERS_MAX = 16;

/** A restart stops and starts three waves of services, on a machine that may be busy, and waits for its turn. */
export const CONTROL_CALL_MS = 300_000;

/** Scratch folders that are looked into for a federation that runs. */
export const SCRATCH_FOLDERS_MAX = 1_000;

/** How long the page of a node waits for one of its services: those read no longer than a second, and scrapers wait ten. */
export const SHOWN_MS_MAX = 4_000;

/** The part of the patience of a scraper that a service may take, so that the page is there before it is over. */
export const SHOWN_PATIENCE_PART = 0.75;

/** Bytes of metrics of one service: those of a member of the largest federation are a tenth of it. */
export const SHOWN_BYTES_MAX = 16 * 1024 * 1024;
