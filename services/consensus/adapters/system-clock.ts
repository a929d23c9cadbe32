import type { ClockPort } from '#libs/engine/ports/engine-ports.ts';
import type { TimerName } from '#libs/protocol/module.ts';
import type { AlarmPort } from '#libs/replica/ports.ts';

/** The machine's clock. Time of day is shown to people; waits are relative, so a clock that jumps hurts nothing. */
export const systemClock: ClockPort = {
  nowMs: () => Date.now(),
  after(delayMs, fire) {
    const timer = setTimeout(fire, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Named alarms of one replica: setting a name again replaces it. */
export function replicaTimers(clock: ClockPort): AlarmPort & { stop(): void } {
  const cancels = new Map<TimerName, () => void>();
  const cancel = (name: TimerName): void => {
    cancels.get(name)?.();
    cancels.delete(name);
  };
  return {
    set(name, delayMs, fire) {
      cancel(name);
      cancels.set(name, clock.after(delayMs, fire));
    },
    cancel,
    stop() {
      for (const name of [...cancels.keys()]) cancel(name);
    },
  };
}
