import { setTimeout as sleep } from 'node:timers/promises';

/** Generous: nothing here takes a second on a quiet machine, and another may be ten times slower and have other work. */
const WAIT_MS = 300_000;
/** The pause between two looks: it grows, so that a condition which stays false is checked less and less often. */
const POLL_MS = { first: 5, most: 100, growth: 1.2 };

/** The result of `promise`, if it comes in time: a test must end also when the awaited event never comes. */
export async function within<T>(what: string, promise: Promise<T>, waitMs = WAIT_MS): Promise<T> {
  const over = new AbortController();
  const late = sleep(waitMs, undefined, { signal: over.signal }).then(
    () => Promise.reject(new Error(`waited in vain: ${what}`)),
    () => promise,
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    over.abort();
  }
}

/** Waits until `isTrue`; fails with `what` when that takes too long. */
export async function until(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  waitMs = WAIT_MS,
): Promise<void> {
  const deadlineMs = performance.now() + waitMs;
  for (
    let pollMs = POLL_MS.first;
    !(await isTrue());
    pollMs = Math.min(POLL_MS.most, pollMs * POLL_MS.growth)
  ) {
    if (performance.now() > deadlineMs) throw new Error(`waited in vain: ${what}`);
    await sleep(pollMs);
  }
}
