import { type Height, toHeight } from '#libs/chain/ids.ts';
import type { FinalBlock } from '#libs/protocol/module.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';

/** The height that is being decided in a position: its instance, or where views run across heights the one after the newest final block. */
export function heightAt(
  { instance }: Position,
  { header }: Pick<FinalBlock, 'header'>,
  { instances }: Pick<VoteTable, 'instances'>,
): Height {
  return toHeight(instances === 'one' ? header.height + 1n : instance);
}
