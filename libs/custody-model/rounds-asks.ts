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
}

/** A request, and the facts of it that the world needs. */
export interface RoundsAsk extends Ask {
  readonly statement: VoteStatement;
  /** Index of the request whose certificate it rests on. */
  readonly needs: number | undefined;
}

/** Two blocks in each instance: more would stand against each other in no other way. */
export const BLOCKS: readonly Digest[] = [toDigest('a'.repeat(64)), toDigest('b'.repeat(64))];

/** All possible requests: votes in their order inside a view, then the statements that give views up. */
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
    .filter(([, { leaderOnly, leaves }]) => !leaderOnly && leaves === undefined)
    .toSorted(([, a], [, b]) => a.step - b.step);
}

/** The last view is not given up: nothing follows. Reported is any certificate of the height, or none. */
function leavesOf(table: VoteTable, { views, instances }: RoundsSize): VoteStatement[] {
  const [kind] = Object.entries(table.kinds).find(([, { leaves }]) => leaves !== undefined) ?? [];
  if (kind === undefined) return [];
  return numbers(views - 1).flatMap((view) =>
    heights(instances).flatMap((instance) =>
      reportsIn(instance, view).map((reports) => ({
        ...{ kind, instance, view: toView(view), block: undefined, reports },
      })),
    ),
  );
}

function reportsIn(instance: bigint, view: bigint): Report[][] {
  const all = numbers(Number(view) + 1).flatMap((of) =>
    BLOCKS.map((digest) => [{ instance, view: toView(of), digest }]),
  );
  return [[], ...all];
}

/** The first stands on genesis. */
function heights(count: number): bigint[] {
  return numbers(count).map((each) => each + 1n);
}

function numbers(count: number): bigint[] {
  return Array.from({ length: count }, (_, index) => BigInt(index));
}
