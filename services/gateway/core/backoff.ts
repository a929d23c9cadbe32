import { BACKOFF_BASE_MS, BACKOFF_CAP_MS } from './connection-limits.ts';

/**
 * Milliseconds until the next try after `failures` of them in a row (at least 1): doubled each time, capped, and
 * shortened by up to half at random so that peers that failed together do not try together (P2P-13).
 *
 * @param random - Gives numbers from 0 up to but without 1; seeded in tests.
 */
export function backoffMs(failures: number, random: () => number, capMs = BACKOFF_CAP_MS): number {
  const doublings = Math.min(Math.max(failures - 1, 0), 32);
  const full = Math.min(BACKOFF_BASE_MS * 2 ** doublings, capMs);
  return Math.round(full * (1 - random() / 2));
}
