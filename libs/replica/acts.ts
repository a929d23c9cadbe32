import type { Effect } from '#libs/protocol/module.ts';
import type { SafetyStore } from './ports.ts';

/** An effect that is to be done, apart from its record. */
export type Act<Message, Record> = Exclude<Effect<Message, Record>, { readonly kind: 'persist' }>;

/**
 * Hands the newest record of a step to the store, and gives the acts of the step. The record is there before the first act, so a commit
 * takes it to the disk with the blocks. Records only rise: the newest stands for those before it, and a leader's proposal and its own
 * vote cost one sync.
 */
export function actsUpon<Message, Record>(
  effects: readonly Effect<Message, Record>[],
  store: Pick<SafetyStore<Record>, 'putRecord'>,
): readonly Act<Message, Record>[] {
  const newest = effects.findLast((effect) => effect.kind === 'persist' || effect.kind === 'sign');
  if (newest !== undefined) store.putRecord(newest.record);
  return effects.filter((effect) => effect.kind !== 'persist');
}

/** Whether others see an act: the record must be durable before. Blocks and certificates that are asked for say nothing of this member. */
export function leaves({ kind }: Act<unknown, unknown>): boolean {
  return kind === 'sign' || kind === 'transmit';
}
