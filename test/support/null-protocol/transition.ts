import type { Input, Transition } from '#libs/protocol/module.ts';
import { type NullMessage, positionOf } from './message.ts';
import type { NullEffect, NullRecord, NullState } from './state.ts';

export type NullTransition = Transition<NullState, NullMessage, NullRecord>;

/** One kind of input. */
export type Heard<Kind extends Input<NullMessage>['kind']> = Extract<
  Input<NullMessage>,
  { readonly kind: Kind }
>;

export function done(state: NullState, effects: readonly NullEffect[] = []): NullTransition {
  return { state, effects };
}

/** The own messages of this height once more: some may have been lost. */
export function repeated(state: NullState): NullTransition {
  return done(state, [...state.said.map(toAll), resendLater(state)]);
}

/** Sends an own message to all, before the effects that follow from it. */
export function say({ state, effects }: NullTransition, message: NullMessage): NullTransition {
  const said = { ...state, said: [...state.said, message] };
  return done(said, [toAll(message), resendLater(said), ...effects]);
}

function toAll(message: NullMessage): NullEffect {
  return { kind: 'transmit', to: 'all', message };
}

function resendLater({ record, context }: NullState): NullEffect {
  const afterMs = context.timing.viewTimeoutMs / 2;
  return { kind: 'set-timer', name: 'resend', position: positionOf(record.height), afterMs };
}
