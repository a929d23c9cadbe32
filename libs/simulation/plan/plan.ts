import type { MemberIndex } from '#libs/chain/ids.ts';
import type { PlannedPosition } from './turns.ts';
import type { WholePlan } from './whole-plan.ts';

/** Delay of one message: uniform, and now and then much longer. */
export interface DelayPlan {
  readonly minMs: number;
  readonly maxMs: number;
  /** Share of messages in the tail, which take up to `tailMs`. */
  readonly tailRate: number;
  readonly tailMs: number;
}

/** Instances in different groups do not reach each other; one-way: only from a lower group to a higher. */
export interface Partition {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Group of each instance. */
  readonly groups: readonly number[];
  readonly isOneWay: boolean;
}

/** A split of one view, or of one step of it: its messages stay within a group, at any time. */
export interface Split extends PlannedPosition {
  /** Undefined: all steps that have no split of their own. */
  readonly phase: string | undefined;
  readonly groups: readonly number[];
}

/** A crash at an exact effect: the `effects`-th one after `atMs`, before or after it is done. */
export interface Crash {
  readonly instance: number;
  readonly atMs: number;
  readonly effects: number;
  readonly isAfter: boolean;
  readonly downMs: number;
}

/** A crash at the `effect`-th effect since the first start, of that instance or of everyone. */
export interface CrashPoint {
  readonly instance: number;
  readonly effect: number;
  readonly isAfter: boolean;
  readonly isPowerCut: boolean;
}

/** Everything stops at once, and comes back one by one. */
export interface PowerCut {
  readonly atMs: number;
  readonly downMsMax: number;
}

/** A pause: the process stands still. A full disk: every write fails. Both end. */
export interface Spell {
  readonly instance: number;
  readonly atMs: number;
  readonly forMs: number;
}

/** How fast an instance's clock runs, and how far it is off. */
export interface ClockPlan {
  readonly rate: number;
  readonly offsetMs: number;
}

/**
 * How a member lies. A twin is two honest instances with one key; the second instance of a mutating twin distorts its
 * messages; an amnesiac is put back to an old backup.
 */
export interface Byzantine {
  readonly member: MemberIndex;
  readonly actor: string;
}

export const TWIN = 'twin';
export const MUTATING_TWIN = 'mutating-twin';
export const AMNESIAC = 'amnesiac';

/** Keeps to the protocol: for lies beside it. */
export const FAITHFUL = 'faithful';

export const BREAKDOWNS = ['down', 'corrupt', 'full', 'mute', 'deaf', 'lossy', 'flapping', 'slow'] as const;

/** An honest member that is broken for good: it counts among the f, and nobody waits for it. */
export interface Broken {
  readonly member: MemberIndex;
  readonly how: (typeof BREAKDOWNS)[number];
  readonly fromMs: number;
}

/** All that the seed decided before the run. */
export interface Plan {
  readonly members: number;
  /** The weight of each founder, for runs that are about weights: no seed draws one. */
  readonly weights?: readonly number[];
  readonly byzantine: readonly Byzantine[];
  readonly broken: readonly Broken[];
  /** Time from which the network is good and honest members stay up, except broken ones; lies go on. */
  readonly gstMs: number;
  /** Safety mode: the run ends with the faults, and progress is not checked. */
  readonly endsWithFaults: boolean;
  readonly lossRate: number;
  readonly duplicateRate: number;
  readonly delay: DelayPlan;
  readonly delayAfterGst: DelayPlan;
  /** Uplink of each instance, in bytes per millisecond; 0 is without bound. */
  readonly bandwidth: number;
  readonly partitions: readonly Partition[];
  readonly splits: readonly Split[];
  readonly crashes: readonly Crash[];
  readonly powerCuts: readonly PowerCut[];
  /** Crash points, for runs that try all of them: no seed draws one. */
  readonly crashPoints: readonly CrashPoint[];
  readonly pauses: readonly Spell[];
  readonly fullDisks: readonly Spell[];
  /** Whether a power cut loses unsynced writes, and a crash inside of a write leaves half of it. */
  readonly losesUnsynced: boolean;
  /** The clock of each instance; an exact one where there is no entry. */
  readonly clocks: readonly ClockPlan[];
  readonly signMsMax: number;
  /** Share of the questions about a certificate that a signer does not answer: it is away, or locked. */
  readonly unprovedRate: number;
  readonly verifyMsMax: number;
  /** The leaders of the first views, of each height where heights have views of their own; the protocol has those behind. */
  readonly leaders: readonly number[];
  /** The end of a scenario: messages of later positions are not delivered before the faults end. */
  readonly last: PlannedPosition | undefined;
  /** Undefined: replicas alone, with the members of the start. */
  readonly whole: WholePlan | undefined;
  /** Mean pause between two transactions of the clients. */
  readonly transactionMs: number;
}

/** Members of each instance: one each, and a second for each twin. */
export function instancesOf({
  members,
  byzantine,
  whole,
}: Pick<Plan, 'members' | 'byzantine' | 'whole'>): readonly number[] {
  const first = Array.from({ length: members + (whole?.newcomers ?? 0) }, (_, member) => member);
  const second = byzantine.filter(({ actor }) => isTwin(actor)).map(({ member }) => member);
  return [...first, ...second];
}

/** Whether a liar is two instances with one key. */
export function isTwin(actor: string): boolean {
  return actor === TWIN || actor === MUTATING_TWIN;
}
