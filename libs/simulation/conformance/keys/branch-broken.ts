import type { MemberIndex } from '#libs/chain/ids.ts';
import type { KeyNode } from '#libs/custody-model/key-world.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { BranchAsk } from './branch-asks.ts';

export const BRANCH_PROMISES = {
  fork: 'fork: two blocks final that stand against each other',
  hides: 'a key that gave a view up hides a certificate that it acted on',
  twice: 'a key proposed two blocks in one view',
  usurps: 'a key proposed in a view that it does not lead',
  unproposed: 'a key voted for a block that the leader of its view never proposed',
} as const;

export interface Searched {
  readonly table: VoteTable;
  readonly asks: readonly BranchAsk[];
  readonly rivals: readonly (readonly number[])[];
  /** Of every view; a liar unless it is one of the keys. */
  readonly leader: MemberIndex;
}

/** The promise that all signatures together break; undefined while all hold. */
export function branchBroken(
  { table, asks, rivals, leader }: Searched,
  keys: readonly KeyNode[],
  certified: readonly boolean[],
): string | undefined {
  const final = new Set(
    asks.flatMap(({ request, about, as }, at) =>
      as === undefined && request.statement.kind === table.decides && certified[at] === true ? [about] : [],
    ),
  );
  if (rivals.some((others, block) => final.has(block) && others.some((other) => final.has(other))))
    return BRANCH_PROMISES.fork;
  const signed = keys.map((key) => key.signed.flatMap((at) => asks[at] ?? []));
  if (signed.some((each) => isHiding(table, each))) return BRANCH_PROMISES.hides;
  return brokenByProposals({ table, leader }, keys, signed);
}

function brokenByProposals(
  { table, leader }: Pick<Searched, 'table' | 'leader'>,
  keys: readonly KeyNode[],
  signed: readonly (readonly BranchAsk[])[],
): string | undefined {
  const isProposal = ({ request }: BranchAsk) => request.statement.kind === table.proposal;
  const proposed = signed.map((each) => each.filter(isProposal));
  if (proposed.some((each, at) => each.length > 0 && keys[at]?.context.me !== leader))
    return BRANCH_PROMISES.usurps;
  if (proposed.some(isOfOneView)) return BRANCH_PROMISES.twice;
  if (keys.every(({ context }) => context.me !== leader)) return undefined;
  const known = new Set(proposed.flat().map(nameOfPlace));
  const votes = signed.flat().filter(({ request }) => {
    const row = table.kinds[request.statement.kind];
    return row?.grounds === 'proposal' || row?.grounds === 'choice';
  });
  const isUnproposed = (ask: BranchAsk) => !isProposal(ask) && !known.has(nameOfPlace(ask));
  return votes.some(isUnproposed) ? BRANCH_PROMISES.unproposed : undefined;
}

function nameOfPlace({ about, request }: BranchAsk): string {
  return `${request.statement.view} ${about}`;
}

function isOfOneView(proposals: readonly BranchAsk[]): boolean {
  return new Set(proposals.map(({ request }) => request.statement.view)).size < proposals.length;
}

/** Whether one key acted on a prepared certificate in a view that it gave up with an older one, in either order. */
function isHiding(table: VoteTable, signed: readonly BranchAsk[]): boolean {
  const acted = signed.filter(({ request }) => table.kinds[request.statement.kind]?.needs === table.prepared);
  return signed.some(({ reported, request: left }) =>
    acted.some(({ request: { statement } }) => {
      if (reported === undefined) return false;
      return statement.view <= left.statement.view && statement.view > reported;
    }),
  );
}
