import { type Height, toHeight } from '#libs/chain/ids.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';

/** The highest decisions that a member knows. */
export interface KnownHeights {
  /** Of its newest final block. */
  readonly final: Height;
  /** Of a decision that is proved, and whose blocks it still fetches; undefined: there is none. */
  readonly target: Height | undefined;
}

/** The height that is being decided in a position: its instance, or where views run across heights the one after the newest decision. */
export function heightAt(
  { instance }: Position,
  { final, target = final }: KnownHeights,
  { instances }: Pick<VoteTable, 'instances'>,
): Height {
  return toHeight(instances === 'one' ? target + 1n : instance);
}
