import type { Block } from '#libs/chain/block.ts';
import { type Digest, type Height, type MemberIndex, toHeight, type View } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '../certificate.ts';
import type { LeaveCertificate } from '../leave-certificate.ts';
import type { Effect, FinalBlock, ProtocolContext } from '../module.ts';
import type { VoteStatement } from '../vote/statement.ts';
import type { RoundsLeave, RoundsMessage, RoundsProposal, RoundsStatement, RoundsVote } from './message.ts';
import type { LeftView, RoundsRecord } from './record.ts';

export type RoundsContext = ProtocolContext<RoundsRecord>;
export type RoundsEffect = Effect<RoundsMessage, RoundsRecord>;

/** Whether a block is held, and whether it is valid. */
export type RoundStanding = 'checking' | 'valid' | 'invalid';

/** The votes of one kind in one view, one of each member. */
export type RoundVotes = ReadonlyMap<MemberIndex, RoundsVote>;

/** The variables of one member in the open height; all begin anew with the next. The first group is durable: `roundsRecord` takes it. */
export interface HeightState {
  readonly height: Height;
  readonly view: View;
  readonly signed: readonly VoteStatement[];
  readonly left: LeftView | undefined;
  readonly entered: LeaveCertificate | undefined;
  readonly prepared: QuorumCertificate | undefined;
  readonly decided: QuorumCertificate | undefined;

  /** Recorded before a restart, and not asked for again yet, because its grounds are gone. */
  readonly unasked: readonly VoteStatement[];
  /** The first proposal of this view's leader. */
  readonly proposal: RoundsProposal | undefined;
  /** Own proposal that waits for its signature. */
  readonly draft: RoundsProposal | undefined;
  /** A block was asked for, to propose it in this view. */
  readonly building: boolean;
  /** The certificates of this view that are neither prepared nor deciding, by their kinds: where a protocol has steps in between. */
  readonly certified: ReadonlyMap<string, QuorumCertificate>;
  /** A prepared certificate above `prepared`, whose block is not held yet. */
  readonly wanted: QuorumCertificate | undefined;
  readonly standing: ReadonlyMap<Digest, RoundStanding>;
  /** Blocks that this member may have to propose again: that of the proposal, and the prepared one. */
  readonly bodies: ReadonlyMap<Digest, Block>;
  /** By the names of tallies (tallying.ts): of this view and the next ones, and deciding votes of the last ones. */
  readonly votes: ReadonlyMap<string, RoundVotes>;
  /** The newest leave of each member, of this view. */
  readonly leaves: ReadonlyMap<MemberIndex, RoundsLeave>;
  readonly timerRuns: boolean;
  /** Own messages of this view, for all, said again until the view or the height ends. */
  readonly outbox: readonly RoundsStatement[];
  /** Repetitions in this view so far: they say who is asked next. */
  readonly repeats: number;
  /** Members ahead that were asked for proofs since the last repetition. */
  readonly asked: ReadonlySet<MemberIndex>;
  /** Members whose request was answered since the last repetition. */
  readonly answered: ReadonlySet<MemberIndex>;
}

/** The state of one member: lives as long as its epoch. */
export interface RoundsState {
  readonly context: RoundsContext;
  /** The final block that the open height stands on; undefined before the first `final`. */
  readonly tip: FinalBlock | undefined;
  readonly at: HeightState;
  /** Verified statements of the next height, by author, kind and view. */
  readonly early: ReadonlyMap<string, RoundsStatement>;
  readonly work: boolean;
  readonly leftViews: bigint;
}

/** A height in which nothing has happened yet. */
export function freshHeight(height: Height): HeightState {
  return {
    height,
    view: 0n as View,
    ...{ signed: [], left: undefined, entered: undefined, prepared: undefined, decided: undefined },
    ...{ unasked: [], proposal: undefined, draft: undefined, building: false, wanted: undefined },
    certified: new Map(),
    ...{ standing: new Map(), bodies: new Map(), votes: new Map(), leaves: new Map() },
    ...{ timerRuns: false, outbox: [], repeats: 0, asked: new Set(), answered: new Set() },
  };
}

/** The state that a member starts or restarts in. No height is open before the first `final`. */
export function startingState(context: RoundsContext): RoundsState {
  const height = toHeight(context.tip.height + 1n);
  return { context, tip: undefined, at: freshHeight(height), early: new Map(), work: false, leftViews: 0n };
}

/** The durable part of a state. */
export function roundsRecord({ context, at }: RoundsState): RoundsRecord {
  const { height, view, signed, left, entered, prepared, decided } = at;
  return { epoch: context.set.epoch, height, view, signed, left, entered, prepared, decided };
}

/** Whether this member gave the view up that it is in: it says nothing more in it. */
export function isLeaving({ at: { left, view } }: RoundsState): boolean {
  return left !== undefined && left.view >= view;
}

/** Whether this member may make new statements: it is a member, the height is open and undecided, and its view is not given up. */
export function mayAct(state: RoundsState): boolean {
  const { context, tip, at } = state;
  if (context.me === undefined || tip === undefined || at.decided !== undefined) return false;
  return !isLeaving(state) && !isRecordAhead(state);
}

/** Whether the record is of a height above the open one: the chain store lost blocks, and this member speaks again where it stopped. */
export function isRecordAhead({ context: { restored }, at }: RoundsState): boolean {
  return restored !== undefined && restored.height > at.height;
}

/** One step under way: the state so far, and the effects so far, in order. Lives for one call of `step`. */
export class RoundsTurn {
  /** The state before this step. */
  readonly before: RoundsState;
  #state: RoundsState;
  readonly effects: RoundsEffect[] = [];

  constructor(state: RoundsState) {
    this.before = state;
    this.#state = state;
  }

  get state(): RoundsState {
    return this.#state;
  }

  /** The open height. */
  get at(): HeightState {
    return this.#state.at;
  }

  update(change: Partial<Omit<RoundsState, 'at' | 'context'>>): void {
    this.#state = { ...this.#state, ...change };
  }

  /** Changes the open height. */
  change(change: Partial<HeightState>): void {
    this.#state = { ...this.#state, at: { ...this.#state.at, ...change } };
  }

  emit(effect: RoundsEffect): void {
    this.effects.push(effect);
  }
}
