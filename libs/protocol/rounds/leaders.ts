import type { MemberIndex, View } from '#libs/chain/ids.ts';
import type { Opening } from '../vote/height-leaders.ts';
import type { RoundsState } from './state.ts';

/** The leader of a view of the open height: of the table, by the block that the height stands on. */
export function roundLeader({ context, tip, at }: RoundsState, view: View): MemberIndex {
  const { table, set, root } = context;
  const isFirst = tip !== undefined && tip.header.height === root.height;
  const opening: Opening | undefined = isFirst ? 'root' : tip?.header;
  const found = table.leaders?.(set.members.length)(view, at.height, opening);
  // Where the table has no schedule, and before any block is known, the one of the epoch.
  return found ?? context.leader(view);
}

/** Whether this member leads its view. */
export function leadsRound(state: RoundsState): boolean {
  return state.context.me !== undefined && roundLeader(state, state.at.view) === state.context.me;
}
