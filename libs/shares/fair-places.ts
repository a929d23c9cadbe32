import { assert } from '../assert/assert.ts';

/** One who holds a place, or asks for one. */
export interface PlaceRequest {
  /** From the largest group to the smallest: for example class, address, connection. As many as there are limits, less one. */
  readonly path: readonly string[];
  /** How much of the places it takes, for example bytes; one when left out. */
  readonly weight?: number;
  /** Called when the place is given to another: it is gone already. */
  readonly giveWay: () => void;
}

/** Frees the place; later calls do nothing. */
export type Release = () => void;

interface Group {
  count: number;
  readonly groups: Map<string, Group>;
  /** Of the smallest groups alone, oldest first. */
  readonly holders: Set<Held>;
}

interface Held extends Required<PlaceRequest> {
  isFree: boolean;
}

interface FullGroup {
  readonly group: Group;
  readonly level: number;
}

/**
 * Places that are shared fairly, at every level of a tree of groups (max-min): nobody is kept from a place that is
 * free, and once none is, the group that holds most gives up its oldest for one that holds less. So a caller that takes
 * all it can get takes nothing that another has need of, and a newcomer always finds a place, unless every group beside
 * it holds no more than its own.
 */
export class FairPlaces {
  readonly #limits: readonly number[];
  readonly #root: Group = emptyGroup();

  /** `limits`: of all together, then of each group of the first level, and so on. */
  constructor(limits: readonly number[]) {
    this.#limits = limits;
  }

  /** The weight of all that is held. */
  get size(): number {
    return this.#root.count;
  }

  /** The weight of what the group at the end of this path holds. */
  heldBy(path: readonly string[]): number {
    let group: Group | undefined = this.#root;
    for (const key of path) group = group?.groups.get(key);
    return group?.count ?? 0;
  }

  /** @returns undefined when it must be refused. */
  enter(request: PlaceRequest): Release | undefined {
    const { path } = request;
    assert(path.length === this.#limits.length - 1, 'a path names a group of each level');
    const { weight = 1 } = request;
    if (this.#limits.some((limit) => weight > limit)) return undefined;
    for (
      let full = this.#innermostFull(path, weight);
      full !== undefined;
      full = this.#innermostFull(path, weight)
    ) {
      const victim = victimUnder(full.group, { path: path.slice(full.level), weight });
      if (victim === undefined) return undefined;
      this.#free(victim);
      victim.giveWay();
    }
    const held: Held = { path, weight, giveWay: request.giveWay, isFree: false };
    this.#take(held);
    return () => this.#free(held);
  }

  #innermostFull(path: readonly string[], weight: number): FullGroup | undefined {
    let group: Group | undefined = this.#root;
    let full: FullGroup | undefined;
    for (const [level, limit] of this.#limits.entries()) {
      if (group === undefined) break;
      if (group.count + weight > limit) full = { group, level };
      group = group.groups.get(path[level] ?? '');
    }
    return full;
  }

  #take(held: Held): void {
    let group = this.#root;
    group.count += held.weight;
    for (const key of held.path) {
      const next = group.groups.get(key) ?? emptyGroup();
      group.groups.set(key, next);
      next.count += held.weight;
      group = next;
    }
    group.holders.add(held);
  }

  #free(held: Held): void {
    if (held.isFree) return;
    held.isFree = true;
    let group = this.#root;
    group.count -= held.weight;
    for (const key of held.path) {
      const next = group.groups.get(key);
      assert(next !== undefined, 'a held place is in its groups');
      next.count -= held.weight;
      if (next.count === 0) group.groups.delete(key);
      group = next;
    }
    group.holders.delete(held);
  }
}

function emptyGroup(): Group {
  return { count: 0, groups: new Map(), holders: new Set() };
}

/**
 * Who gives way for a newcomer at `path` under this group: the oldest of the largest, where that holds more. One that
 * holds nothing takes from any; one that holds some, only where both would not just change places.
 */
function victimUnder(
  group: Group,
  { path: [key = '', ...rest], weight }: { readonly path: readonly string[]; readonly weight: number },
): Held | undefined {
  const own = group.groups.get(key);
  const largest = largestOf(group);
  if (largest === undefined) return undefined;
  const held = own?.count ?? 0;
  if (largest.count > (held === 0 ? 0 : held + weight)) return oldestOf(largest);
  return own === undefined ? undefined : victimUnder(own, { path: rest, weight });
}

function oldestOf(group: Group): Held | undefined {
  const largest = largestOf(group);
  if (largest !== undefined) return oldestOf(largest);
  const [oldest] = group.holders;
  return oldest;
}

/** The first of the largest, in order of arrival. */
function largestOf({ groups }: Group): Group | undefined {
  let largest: Group | undefined;
  for (const group of groups.values()) {
    if (largest === undefined || group.count > largest.count) largest = group;
  }
  return largest;
}
