/** A request for a place, and its owner's description while it is held. */
export interface PlaceRequest {
  /** The groups from the largest to the smallest: for example class, address, connection. One fewer than the limits. */
  readonly path: readonly string[];
  /** How much of the places it takes, for example bytes; one when left out. */
  readonly weight?: number;
  /** Called when the place is given to another: it is gone already. */
  readonly giveWay: () => void;
}

/** The holders at one node of the tree, and how much they hold. */
export interface Group {
  count: number;
  readonly groups: Map<string, Group>;
  /** The holders, oldest first; only the smallest groups have any. */
  readonly holders: Set<Held>;
}

/** A place that is held, or was. */
export interface Held extends Required<PlaceRequest> {
  isFree: boolean;
}

export function emptyGroup(): Group {
  return { count: 0, groups: new Map(), holders: new Set() };
}

/**
 * The holder that gives way to a newcomer at `path` under this group: the oldest of the largest group, if that holds
 * more. A group that holds nothing takes from any other; a group that holds some only takes where the two would not
 * just swap roles.
 */
export function victimUnder(
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
