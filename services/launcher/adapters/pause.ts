import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits, unless `signal` fires.
 * @throws the reason of `signal`, as everything else here does; Node's own timer would hide it in an AbortError.
 */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
