import { isKindName, KIND_BYTES_MAX } from './kind-name.ts';
import { isOneSlot } from './slot.ts';
import { type KindRow, kindRowOf, type VoteTable } from './vote-table.ts';

/** The longest name of a protocol: in a table, in the terms of an epoch, and in evidence. */
export const PROTOCOL_NAME_BYTES_MAX = 32;

/** The fault of a table that no key and no reader of evidence could go by; undefined for a good one. */
export function tableFault(table: VoteTable): string | undefined {
  if (!isProtocolName(table.protocol)) return `protocol: a name has 1 to ${PROTOCOL_NAME_BYTES_MAX} bytes`;
  const rows = Object.entries(table.kinds);
  for (const [kind, row] of rows) {
    const fault = rowFault(kind, row, table);
    if (fault !== undefined) return `kind ${kind}: ${fault}`;
  }
  const slots = [...new Set(rows.map(([, { step }]) => step))].sort((a, b) => a - b);
  if (slots.some((step, at) => step !== at))
    return `slots ${slots.join()} are not numbered 0, 1, 2 and so on`;
  if (kindRowOf(table, table.proposal)?.leaderOnly !== true)
    return 'its proposal is no kind of the leader alone';
  const { prepared, decides } = table;
  const missing = [prepared, decides].find((kind) => !isVote(kindRowOf(table, kind)));
  return missing === undefined ? undefined : `${missing}, which is prepared or decides, is no kind of vote`;
}

/** Whether evidence and the terms of an epoch can say this name. */
function isProtocolName(text: string): boolean {
  return text !== '' && Buffer.byteLength(text) <= PROTOCOL_NAME_BYTES_MAX;
}

function rowFault(kind: string, row: KindRow, table: VoteTable): string | undefined {
  if (!isKindName(kind)) return `a name has 1 to ${KIND_BYTES_MAX} letters`;
  if (row.needs !== undefined && !isVote(kindRowOf(table, row.needs)))
    return `it needs ${row.needs}, no kind of vote`;
  // A statement that another key signed would have to be traced to its member by every reader of evidence.
  if (row.byCertifiedKey === true)
    return 'a certified key may sign it, and nothing here can tell whose that is';
  const others = Object.values(table.kinds).filter((each) => isOneSlot(each, row));
  const isMixed = others.some((each) => each.leaves !== row.leaves || each.leaderOnly !== row.leaderOnly);
  return isMixed ? 'kinds of one slot are all of the leader, all votes, or all give the view up' : undefined;
}

function isVote(row: KindRow | undefined): boolean {
  return row !== undefined && row.leaderOnly !== true && row.leaves === undefined;
}
