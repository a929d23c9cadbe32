import { assert } from '#libs/assert/assert.ts';
import { emptyGroup, type Group, type Held, type PlaceRequest, victimUnder } from './place-group.ts';

/** Frees the place; later calls do nothing. */
export type Release = () => void;

interface FullGroup {
  readonly group: Group;
  readonly level: number;
}

/**
 * Places that are shared fairly, at every level of a tree of groups (max-min): everybody may have a free place, and
 * once none is free, the group that holds most gives up its oldest for a group that holds less. So a greedy caller
 * takes nothing that another needs, and a newcomer always finds a place, unless every other group holds no more than
 * its own.
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

  /** The weight of the places of the group at the end of this path. */
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
