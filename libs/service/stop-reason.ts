/** The reason why a service stops, as its log shows it. */
export type StopReason = 'SIGTERM' | 'SIGINT' | 'parent gone';

/** The first thing that asks this process to stop. The second one ends it at once, for an impatient operator. */
export function stopReason(onSecond: (reason: StopReason) => void): Promise<StopReason> {
  return new Promise((resolve) => {
    let asked = false;
    const ask = (reason: StopReason): void => {
      if (asked) onSecond(reason);
      asked = true;
      resolve(reason);
    };
    process.on('SIGTERM', () => ask('SIGTERM'));
    process.on('SIGINT', () => ask('SIGINT'));
    // Started with an IPC channel: when the parent dies the kernel closes it, so that no orphan stays behind.
    process.once('disconnect', () => ask('parent gone'));
  });
}
