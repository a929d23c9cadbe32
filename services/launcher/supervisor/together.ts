import type { Lifecycle } from '#libs/service/lifecycle.ts';

/**
 * Parts that do not need each other: started and stopped side by side. When one fails to start, the others are
 * stopped and its error is thrown.
 */
export function together(parts: readonly Lifecycle[]): Lifecycle {
  const stop = async (): Promise<void> => {
    const results = await Promise.allSettled(parts.map((part) => part.stop()));
    const failures = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason);
    if (failures.length > 0) throw new AggregateError(failures, 'several processes failed to stop');
  };
  const start = async (): Promise<void> => {
    try {
      await Promise.all(parts.map((part) => part.start()));
    } catch (cause) {
      await stop();
      throw cause;
    }
  };
  return { start, stop };
}
