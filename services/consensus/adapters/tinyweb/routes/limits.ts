/** Transactions of the blocks of one page, bytes: in base64, with headers and a certificate beside them, they fit one body. A larger block goes alone. */
export const BLOCK_PAGE_BYTES_MAX = 256 * 1024;

/** Pages in a second, for all callers together: each costs some milliseconds of the thread that handles votes. Members read by messages of their own. */
export const PAGES_PER_SECOND_MAX = 50;

/** Waiting transactions of one page, and their bytes. */
export const PENDING_PER_PAGE_MAX = 256;
export const PENDING_PAGE_BYTES_MAX = 512 * 1024;
