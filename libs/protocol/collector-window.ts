import type { View } from '#libs/chain/ids.ts';
import type { CollectorLimits } from './limits.ts';
import { comparePositions, type Position } from './vote/position.ts';
import type { VoteTable } from './vote/vote-table.ts';

/**
 * The positions around a member whose statements its detector of contradictions remembers. Where views run across heights:
 * some views back and ahead. Where each height has views of its own: in the height that is being decided, in some before it
 * and in the next one, some views back and ahead of where this member is or was in that height. So the positions are few in
 * every height, whatever views a liar names.
 */
export class CollectorWindow {
  readonly #table: Pick<VoteTable, 'instances' | 'firstView'>;
  readonly #limits: CollectorLimits;
  #at: Position;
  /** The last view of this member in each instance before this one, as far back as the window goes. */
  readonly #ended = new Map<bigint, View>();

  constructor(table: Pick<VoteTable, 'instances' | 'firstView'>, limits: CollectorLimits) {
    this.#table = table;
    this.#limits = limits;
    this.#at = { instance: 0n, view: table.firstView };
  }

  /** Moves the window to a position, which never falls. False when it is there already. */
  advance({ instance, view }: Position): boolean {
    const before = this.#at;
    if (comparePositions({ instance, view }, before) <= 0) return false;
    if (instance !== before.instance) this.#ended.set(before.instance, before.view);
    this.#at = { instance, view };
    for (const ended of this.#ended.keys()) {
      if (ended + this.#limits.instancesBack < instance) this.#ended.delete(ended);
    }
    return true;
  }

  /** Whether statements of this position are remembered. */
  has({ instance, view }: Position): boolean {
    const middle = this.#middleOf(instance);
    if (middle === undefined) return false;
    const { viewsBack, viewsAhead } = this.#limits;
    return view + viewsBack >= middle && view <= middle + viewsAhead;
  }

  /** Below, at or above zero as `a` is nearer to this member than `b`, as far, or farther: by instances, and then by views. */
  compareDistance(a: Position, b: Position): number {
    const instances = distance(a.instance, this.#at.instance) - distance(b.instance, this.#at.instance);
    const views = this.#viewsTo(a) - this.#viewsTo(b);
    return Math.sign(Number(instances === 0n ? views : instances));
  }

  #viewsTo({ instance, view }: Position): bigint {
    return distance(view, this.#middleOf(instance) ?? this.#table.firstView);
  }

  /** The view that this member is in, or was last, or will be first; undefined for an instance that is not watched. */
  #middleOf(instance: bigint): View | undefined {
    const at = this.#at;
    if (instance === at.instance) return at.view;
    if (this.#table.instances === 'one' || instance > at.instance + 1n) return undefined;
    if (instance + this.#limits.instancesBack < at.instance) return undefined;
    return this.#ended.get(instance) ?? this.#table.firstView;
  }
}

function distance(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a;
}
