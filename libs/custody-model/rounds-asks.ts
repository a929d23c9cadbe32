import { type Digest, toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import type { Report, VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { Ask } from './key-world.ts';

export const CHAIN = toDigest('c'.repeat(64));
export const EPOCH = toEpoch(0n);

/** The extent of the search in a protocol of rounds. */
export interface RoundsSize {
  readonly views: number;
  readonly instances: number;
  /** Whether instances can be closed by checkpoints; else nobody asks for one. */
  readonly checkpoints: boolean;
}

/** A request, and the facts of it that the world needs. */
export interface RoundsAsk extends Ask {
  readonly statement: VoteStatement;
  /** Index of the request whose certificate it rests on. */
  readonly needs: number | undefined;
}

/** Two blocks in each instance: more would stand against each other in no other way. */
export const BLOCKS: readonly Digest[] = [toDigest('a'.repeat(64)), toDigest('b'.repeat(64))];

/**
 * All possible requests: votes in their order inside a view, then the statements that give views up, then checkpoints.
 */
export function roundsAsks(table: VoteTable, size: RoundsSize): readonly RoundsAsk[] {
  const found: RoundsAsk[] = [];
  const indexOf = new Map<string, number>();
  const add = (statement: VoteStatement, needs?: string): void => {
    const name = nameOf(statement);
    indexOf.set(name, found.length);
    const request = {
      session: 0n,
      chain: CHAIN,
      epoch: EPOCH,
      statement,
      header: undefined,
      justifyView: undefined,
    };
    found.push({ name, statement, request, needs: needs === undefined ? undefined : indexOf.get(needs) });
  };
  for (const place of places(size)) {
    for (const [kind, row] of voteRows(table)) {
      add({ kind, ...place, reports: [] }, row.needs && nameOf({ kind: row.needs, ...place, reports: [] }));
    }
  }
  for (const statement of leavesOf(table, size)) add(statement);
  if (size.checkpoints) for (const statement of checkpointsOf(table, size)) add(statement);
  return found;
}

function nameOf({ kind, instance, view, block, reports }: VoteStatement): string {
  const told = reports.map((each) => `${each.instance}:${each.view}${each.digest[0]}`);
  return `${kind} ${instance}/${view} ${block?.digest[0] ?? `[${told}]`}`;
}

type Place = Pick<VoteStatement, 'instance' | 'view'> & {
  readonly block: NonNullable<VoteStatement['block']>;
};

function places({ views, instances }: RoundsSize): Place[] {
  return heights(instances).flatMap((instance) =>
    numbers(views).flatMap((view) =>
      BLOCKS.map((digest) => ({
        instance,
        view: toView(view),
        block: { height: toHeight(instance), digest },
      })),
    ),
  );
}

/** The votes of a protocol upwards. Proposals are the liars': they lead every view. */
function voteRows(table: VoteTable) {
  return Object.entries(table.kinds)
    .filter(([, { leaderOnly, leaves, settles }]) => !leaderOnly && leaves === undefined && !settles)
    .toSorted(([, a], [, b]) => a.step - b.step);
}

/** The last view is not given up: nothing follows. Reported is any certificate of each instance, or none. */
function leavesOf(table: VoteTable, size: RoundsSize): VoteStatement[] {
  const [kind, row] = Object.entries(table.kinds).find(([, { leaves }]) => leaves !== undefined) ?? [];
  if (kind === undefined || row === undefined) return [];
  const isAll = row.leaves === 'everywhere';
  const from =
    isAll && size.checkpoints ? heights(size.instances + 1) : isAll ? [1n] : heights(size.instances);
  return numbers(size.views - 1).flatMap((view) =>
    from.flatMap((instance) =>
      reportsIn({ isAll, instance, view }, size).map((reports) => ({
        ...{ kind, instance, view: toView(view), block: undefined, reports },
      })),
    ),
  );
}

function reportsIn(
  { isAll, instance, view }: { readonly isAll: boolean; readonly instance: bigint; readonly view: bigint },
  { instances }: RoundsSize,
): Report[][] {
  const concerned = isAll ? heights(instances).filter((each) => each >= instance) : [instance];
  return concerned.reduce<Report[][]>(
    (all, each) => {
      const own = numbers(Number(view) + 1).flatMap((of) =>
        BLOCKS.map((digest) => ({ instance: each, view: toView(of), digest })),
      );
      return all.flatMap((before) => [before, ...own.map((report) => [...before, report])]);
    },
    [[]],
  );
}

function checkpointsOf(table: VoteTable, { instances }: RoundsSize): VoteStatement[] {
  const kinds = Object.entries(table.kinds).filter(([, { settles }]) => settles);
  return kinds.flatMap(([kind]) =>
    heights(instances).flatMap((instance) =>
      BLOCKS.map((digest) => ({
        ...{
          kind,
          instance,
          view: table.firstView,
          block: { height: toHeight(instance), digest },
          reports: [],
        },
      })),
    ),
  );
}

/** The first stands on genesis. */
function heights(count: number): bigint[] {
  return numbers(count).map((each) => each + 1n);
}

function numbers(count: number): bigint[] {
  return Array.from({ length: count }, (_, index) => BigInt(index));
}
