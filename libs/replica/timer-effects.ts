import type { Effect, Input } from '#libs/protocol/module.ts';
import type { TimerPort } from './ports.ts';

type TimerEffect = Extract<
  Effect<never, never>,
  { readonly kind: 'set-timer' | 'extend-timer' | 'cancel-timer' }
>;

/** A timer that fired, as the protocol hears it. */
export type FiredTimer = Extract<Input<never>, { readonly kind: 'timer' }>;

/** Sets, moves or cancels a timer. @param fire - Called once, if the timer fires. */
export function performOnTimers(
  effect: TimerEffect,
  timers: TimerPort,
  fire: (timer: FiredTimer) => void,
): void {
  const { name } = effect;
  switch (effect.kind) {
    case 'set-timer': {
      const { position } = effect;
      return timers.set(name, effect, () => fire({ kind: 'timer', name, position }));
    }
    case 'extend-timer':
      return timers.extend(name, effect.byMs);
    case 'cancel-timer':
      return timers.cancel(name);
  }
}
