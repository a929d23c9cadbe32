import type { ClockPort } from '#libs/engine/ports/engine-ports.ts';
import type { TimerName } from '#libs/protocol/module.ts';
import type { TimerPort } from '#libs/replica/ports.ts';
import { ProtocolTimers } from '#libs/replica/protocol-timers.ts';
import type { Schedule } from '../time/schedule.ts';

interface ModelledTimerParts {
  readonly schedule: Schedule;
  /** `viewTimeoutMsMax` of the protocol. */
  readonly longestMs: number;
  /** Runs what a timer does, when its process comes to it. */
  later(fire: () => void): void;
  /** A timer begins to wait. */
  set(name: TimerName, waitMs: number): void;
}

/** The timers of production over virtual time; nothing paces them. */
export function modelledTimers({ schedule, longestMs, later, set }: ModelledTimerParts): TimerPort {
  const running = new Map<TimerName, object>();
  const alarms = {
    set: (name: TimerName, delayMs: number, fire: () => void): void => {
      const alarm = {};
      running.set(name, alarm);
      set(name, delayMs);
      schedule.after(delayMs, () => {
        if (running.get(name) === alarm) later(fire);
      });
    },
    cancel: (name: TimerName): void => {
      running.delete(name);
    },
  };
  const clocks = { nowMs: () => schedule.nowMs, steadyMs: () => schedule.nowMs };
  return new ProtocolTimers(alarms, clocks, longestMs);
}

/** The clock of an engine over virtual time. @param later - Runs what waited, when its process comes to it. */
export function modelledClock(schedule: Schedule, later: (fire: () => void) => void): ClockPort {
  return {
    nowMs: () => schedule.nowMs,
    after(delayMs, fire) {
      let isCancelled = false;
      schedule.after(delayMs, () => {
        if (!isCancelled) later(fire);
      });
      return () => {
        isCancelled = true;
      };
    },
  };
}
