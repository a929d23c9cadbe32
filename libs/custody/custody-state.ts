import { type Digest, type Epoch, toEpoch, toView, type View } from '#libs/chain/ids.ts';
import { comparePositions, type Position } from '#libs/protocol/vote/position.ts';
import { compareMarks, type Mark, type Slot, slotName, slotNamed } from '#libs/protocol/vote/slot.ts';
import { REPEATABLE_SLOTS_MAX } from './limits.ts';

/** A certificate that the key acted on. */
export interface Remembered {
  readonly view: View;
  readonly height: bigint;
  readonly digest: Digest;
}

/** `quarantined`: state was lost or set back, so that nothing is signed. `retired`: the history was handed on. */
export type CustodyMode = 'active' | 'quarantined' | 'retired';

/** The past of a key, as far as it must remember it. A value: deciding never changes it. */
export interface CustodyState {
  /** SHA-256 of the genesis: this state answers for one chain. */
  readonly chain: Digest;
  readonly protocol: string;
  readonly mode: CustodyMode;
  readonly epoch: Epoch;
  /** Number of the newest session; requests of any other are refused. 0 before the first. */
  readonly session: bigint;
  /** The key's progress in each open instance. Never falls. */
  readonly marks: ReadonlyMap<bigint, Mark>;
  /** Instances below this are over. */
  readonly openFrom: bigint;
  /** The view that the epoch began with, where views run across heights; 0 elsewhere. Views below it are over. */
  readonly viewFrom: View;
  /** Digests of the last signatures, by slot name, oldest first. */
  readonly signed: ReadonlyMap<string, Digest>;
  /** The highest prepared certificate of each open instance that the key voted on: never to be hidden. */
  readonly high: ReadonlyMap<bigint, Remembered>;
  /** The lock of safeNode. Never falls. */
  readonly lock: Remembered | undefined;
  /** Highest view of instance `openFrom` known to be proved. */
  readonly proven: View;
  /** Drawn in quarantine, 32 bytes as hex: a final block must carry it before the key signs again. */
  readonly nonce: Digest | undefined;
  /** Whether the record was lost once and the key recovered: its mark then lies above its slots. */
  readonly isRecovered: boolean;
}

/** One promised signature, and the changes that it makes. */
export interface SignedSlot {
  readonly slot: Slot;
  /** SHA-256 of the signing bytes. */
  readonly digest: Digest;
}

export interface Binding {
  readonly chain: Digest;
  readonly protocol: string;
  readonly epoch: Epoch;
}

/** The state of a key that never signed. */
export function virginState({ chain, protocol, epoch }: Binding): CustodyState {
  return {
    chain,
    protocol,
    mode: 'active',
    epoch,
    session: 0n,
    marks: new Map(),
    openFrom: 0n,
    viewFrom: 0n as View,
    signed: new Map(),
    high: new Map(),
    lock: undefined,
    proven: 0n as View,
    nonce: undefined,
    isRecovered: false,
  };
}

/** The signed slots with one more; the oldest beyond the limit is dropped. */
export function withSlot(state: CustodyState, { slot, digest }: SignedSlot): ReadonlyMap<string, Digest> {
  const signed = new Map(state.signed).set(slotName(slot), digest);
  for (const oldest of signed.keys()) {
    if (signed.size <= REPEATABLE_SLOTS_MAX) break;
    signed.delete(oldest);
  }
  return signed;
}

/** The marks with one raised; never lowered. */
export function withMark(state: CustodyState, instance: bigint, mark: Mark): ReadonlyMap<bigint, Mark> {
  const known = state.marks.get(instance);
  if (known !== undefined && compareMarks(mark, known) <= 0) return state.marks;
  return new Map(state.marks).set(instance, mark);
}

/** The part of a memory by instance that is of no instance below `from`. */
export function stillOpen<Value>(
  memory: ReadonlyMap<bigint, Value>,
  from: bigint,
): ReadonlyMap<bigint, Value> {
  return new Map([...memory].filter(([instance]) => instance >= from));
}

/** The highest view in which nothing more is signed, over all instances; 0 on a key that never signed. */
export function lastView({ marks }: CustodyState): View {
  return [...marks.values()].reduce((last, { view }) => (view > last ? view : last), 0n as View);
}

const FIRST: Position = { instance: 0n, view: toView(0n) };

/** A position in an epoch. */
export interface SignedPlace extends Position {
  readonly epoch: Epoch;
}

/**
 * The place of the newest statement that the key is known to have signed: the epoch before, at position 0, while nothing
 * was signed in this one. The marks of instances that are over are forgotten, and the mark of a recovered key lies above its
 * signatures: there the slots alone count.
 */
export function lastSigned(state: CustodyState): SignedPlace {
  const { epoch, marks, isRecovered } = state;
  const newest = newestSlot(state);
  if (isRecovered || (marks.size === 0 && newest.epoch === epoch)) return newest;
  if (marks.size === 0) return { epoch: toEpoch(epoch - 1n), ...FIRST };
  return [...marks].map(([instance, { view }]) => ({ epoch, instance, view })).reduce(laterOf);
}

function newestSlot({ signed }: CustodyState): SignedPlace {
  const slots = [...signed.keys()].map(slotNamed);
  const places = slots.map(({ epoch, instance, view }) => ({ epoch, instance, view }));
  return places.reduce<SignedPlace>(laterOf, { epoch: toEpoch(0n), ...FIRST });
}

function laterOf(a: SignedPlace, b: SignedPlace): SignedPlace {
  const isLater = b.epoch > a.epoch || (b.epoch === a.epoch && comparePositions(b, a) > 0);
  return isLater ? b : a;
}
