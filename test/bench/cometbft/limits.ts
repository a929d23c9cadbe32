/** Bounds of the measurement of CometBFT, each with its reason. Times in milliseconds. */

/** Some hundred packages are fetched and compiled, on a machine that may have other work. */
export const BUILD_MS_MAX = 30 * 60_000;

/** Makes four folders of small files. */
export const TESTNET_MS_MAX = 60_000;

/** Nodes find each other within seconds; a busy machine takes longer. */
export const READY_MS_MAX = 120_000;

/** Between two looks at nodes that start. */
export const READY_LOOK_MS = 100;

/** A node closes its databases within this when it is asked to stop. */
export const STOP_MS_MAX = 15_000;

/** One question to a node that has much else to do. */
export const CALL_MS_MAX = 60_000;

/** A batch must be final within this, as with us: many times the longest that was seen. */
export const FINAL_MS_MAX = 300_000;

/** The answer to one question: a block of 22 MB, CometBFT's own bound, as base64. */
export const ANSWER_BYTES_MAX = 32 * 1024 * 1024;

/** Blocks whose heads a node shows in one answer: its own bound. */
export const BLOCKS_A_CALL = 20;
