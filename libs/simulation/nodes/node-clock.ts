import type { ClockPort } from '#libs/engine/ports/engine-ports.ts';
import type { NodeOwner } from './node-owner.ts';

/** The clock of a node may run fast or slow, and be off. */
export function nodeClock(owner: NodeOwner): ClockPort {
  return {
    nowMs: () => Number(owner.clock.wallMs()),
    after: (delayMs, fire) => {
      let isCancelled = false;
      owner.later(owner.clock.durationMs(delayMs), () => {
        if (!isCancelled) fire();
      });
      return () => {
        isCancelled = true;
      };
    },
  };
}
