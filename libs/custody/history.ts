import type { Digest } from '#libs/chain/ids.ts';
import { comparePositions } from '#libs/protocol/vote/position.ts';
import { compareMarks, type Mark, slotNamed } from '#libs/protocol/vote/slot.ts';
import { type CustodyMode, type CustodyState, type Remembered, stillOpen } from './custody-state.ts';
import { REPEATABLE_SLOTS_MAX } from './limits.ts';

/** The past of a key according to a record, apart from the key's present mode. */
export type History = Omit<CustodyState, 'mode' | 'nonce'>;

/** Two records hold different things in the same place: the key was used twice, or a file is false. */
export interface Conflict {
  /** A slot by its name, or `lock` or `high` with the view. */
  readonly where: string;
  readonly mine: Digest;
  readonly theirs: Digest;
}

export type Merged =
  /** The history is of another chain, or of one epoch under another protocol: nothing in it means anything here. */
  | { readonly kind: 'foreign'; readonly field: 'chain' | 'protocol' }
  | { readonly kind: 'conflict'; readonly conflicts: readonly Conflict[] }
  /** `raised`: the fields that changed. */
  | { readonly kind: 'merged'; readonly state: CustodyState; readonly raised: readonly (keyof History)[] };

/**
 * Merges two states into one that has signed everything that either has: the maximum of every field by itself
 * (services/signer/README.md R7). The result never falls, and refuses everything that one of them would have
 * refused because of its signatures. A retired key signs again only when the history comes back from a later
 * keeper: the history contains all of this record, and fenced a session after it. So does a key in quarantine
 * whose record was never used: the key was imported, and this is its past. Nothing else lifts a quarantine.
 */
export function mergeHistory(mine: CustodyState, theirs: History): Merged {
  if (mine.chain !== theirs.chain) return { kind: 'foreign', field: 'chain' };
  // Each epoch has one protocol, and the later epoch wins with its own.
  if (mine.epoch === theirs.epoch && mine.protocol !== theirs.protocol)
    return { kind: 'foreign', field: 'protocol' };
  const conflicts = conflictsBetween(mine, theirs);
  if (conflicts.length > 0) return { kind: 'conflict', conflicts };
  const { mode, nonce, ...before } = mine;
  const merged: History = {
    ...inEpochOf(before, theirs),
    session: mine.session > theirs.session ? mine.session : theirs.session,
    signed: union(mine.signed, theirs.signed),
    isRecovered: mine.isRecovered || theirs.isRecovered,
  };
  return {
    kind: 'merged',
    state: { ...merged, nonce, mode: modeAfter(mode, before, theirs, merged) },
    raised: changed(before, merged),
  };
}

function modeAfter(mode: CustodyMode, before: History, theirs: History, merged: History): CustodyMode {
  const isLater = theirs.session > before.session;
  const saysAll = changed({ ...theirs, signed: merged.signed }, merged).length === 0;
  const mayWake = mode === 'retired' || (mode === 'quarantined' && isUnused(before));
  return mayWake && isLater && saysAll ? 'active' : mode;
}

/** Nobody ever had a session with this record: it contains nothing that the history could lack. */
function isUnused({ session, marks, signed, epoch }: History): boolean {
  return session === 0n && marks.size === 0 && signed.size === 0 && epoch === 0n;
}

function conflictsBetween(mine: History, theirs: History): Conflict[] {
  const found: Conflict[] = [];
  for (const [where, digest] of theirs.signed) {
    const held = mine.signed.get(where);
    if (held !== undefined && held !== digest) found.push({ where, mine: held, theirs: digest });
  }
  if (mine.epoch !== theirs.epoch) return found;
  const compare = (name: string, a: Remembered | undefined, b: Remembered | undefined): void => {
    if (a === undefined || b === undefined || a.view !== b.view || a.digest === b.digest) return;
    found.push({ where: `${name} of view ${a.view}`, mine: a.digest, theirs: b.digest });
  };
  compare('lock', mine.lock, theirs.lock);
  for (const [instance, high] of theirs.high) compare('high', mine.high.get(instance), high);
  return found;
}

/** Marks, lock and certificates are of an epoch: those of an earlier one mean nothing in a later one. */
function inEpochOf(mine: History, theirs: History): History {
  if (mine.epoch !== theirs.epoch) return mine.epoch > theirs.epoch ? mine : theirs;
  const openFrom = larger(mine.openFrom, theirs.openFrom);
  // Views of an instance that is over say nothing of the open one's.
  const proven = [mine, theirs].flatMap((each) => (each.openFrom === openFrom ? [each.proven] : []));
  return {
    ...mine,
    openFrom,
    viewFrom: larger(mine.viewFrom, theirs.viewFrom),
    proven: proven.reduce(larger),
    lock: newer(mine.lock, theirs.lock),
    marks: perInstance(mine.marks, theirs.marks, { openFrom, later: higher }),
    high: perInstance(mine.high, theirs.high, { openFrom, later: (a, b) => newer(a, b) ?? a }),
  };
}

function perInstance<Value>(
  mine: ReadonlyMap<bigint, Value>,
  theirs: ReadonlyMap<bigint, Value>,
  { openFrom, later }: { readonly openFrom: bigint; later(a: Value, b: Value): Value },
): ReadonlyMap<bigint, Value> {
  const all = new Map(mine);
  for (const [instance, value] of theirs) {
    const known = all.get(instance);
    all.set(instance, known === undefined ? value : later(known, value));
  }
  return stillOpen(all, openFrom);
}

function higher(a: Mark, b: Mark): Mark {
  return compareMarks(a, b) >= 0 ? a : b;
}

function newer(a: Remembered | undefined, b: Remembered | undefined): Remembered | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.view >= b.view ? a : b;
}

function larger<Value extends bigint>(a: Value, b: Value): Value {
  return a > b ? a : b;
}

/** The newest of both, by epoch and position: the mark refuses forgotten slots. */
function union(a: ReadonlyMap<string, Digest>, b: ReadonlyMap<string, Digest>): ReadonlyMap<string, Digest> {
  if ([...b.keys()].every((name) => a.has(name))) return a;
  const all = [...new Map([...a, ...b])].map(([name, digest]) => ({ name, digest, slot: slotNamed(name) }));
  all.sort((a, b) => Number(a.slot.epoch - b.slot.epoch) || comparePositions(a.slot, b.slot));
  return new Map(all.slice(-REPEATABLE_SLOTS_MAX).map(({ name, digest }) => [name, digest]));
}

/** The fields in which two histories differ. */
function changed(from: History, to: History): (keyof History)[] {
  return (Object.keys(to) as (keyof History)[]).filter((field) => !isSame(from[field], to[field]));
}

function isSame(a: unknown, b: unknown): boolean {
  return textOf(a) === textOf(b);
}

/** Maps by their entries in one order, numbers as text: two values are alike when their texts are. */
function textOf(value: unknown): string {
  return (
    JSON.stringify(value, (_key, each: unknown) => {
      if (typeof each === 'bigint') return each.toString();
      if (!(each instanceof Map)) return each;
      return [...each].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
    }) ?? 'undefined'
  );
}
