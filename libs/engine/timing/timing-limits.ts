/** The timeout of a view is this many times the time of a view: room for a full block, and for a busy machine. */
export const VIEW_TIMEOUT_PER_VIEW = 4;

/** Newest decided views that are measured, and how many it takes before they count. */
export const VIEW_SAMPLES_MAX = 16;
export const VIEW_SAMPLES_MIN = 4;

/** Factor by which the timeout may fall below that of the genesis: to half of it. Its makers measured it on a quiet machine. */
export const VIEW_TIMEOUT_SHRINK_MAX = 2;

/** Pause of a member that gave nothing of what it said it has; doubles each time in a row, milliseconds. */
export const PULL_PAUSE_MS = 2_000;
export const PULL_PAUSE_MS_MAX = 60_000;
