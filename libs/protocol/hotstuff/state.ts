import type { Digest, MemberIndex, View } from '#libs/chain/ids.ts';
import { type QuorumCertificate, rootCertificate } from '../certificate.ts';
import type { LeaveCertificate } from '../leave-certificate.ts';
import type { Effect, ProtocolContext } from '../module.ts';
import type { HotStuffMessage, NewView, Proposal, Timeout, Vote } from './message.ts';
import type { SafetyRecord } from './record.ts';
import type { Phase } from './statements.ts';
import { HOTSTUFF_TABLE } from './vote-table.ts';

export type HotStuffContext = ProtocolContext<SafetyRecord>;
export type HotStuffEffect = Effect<HotStuffMessage, SafetyRecord>;

/** How the current view was entered: decides whether its leader may propose at once. */
export type Entry = 'start' | 'commit' | 'timeout' | 'proof';

/** A message of this view that is sent again until the view ends. */
export interface Outgoing {
  readonly to: MemberIndex | 'all';
  readonly message: HotStuffMessage;
}

/** Votes by phase and member, one of each. */
export type VoteTally = Readonly<Record<Phase, ReadonlyMap<MemberIndex, Vote>>>;

/** Whether a block and its ancestors are held, and whether they are valid. */
export type BlockStanding = 'checking' | 'valid' | 'invalid';

/** The variables of one replica (RULES.md C.1). The first group is durable: `recordOf` takes it. */
export interface HotStuffState {
  readonly context: HotStuffContext;

  readonly view: View;
  readonly voted: SafetyRecord['voted'];
  readonly timedOut: SafetyRecord['timedOut'];
  readonly proposed: SafetyRecord['proposed'];
  readonly high: QuorumCertificate;
  readonly locked: QuorumCertificate | undefined;
  readonly commit: QuorumCertificate;
  readonly timeoutCertificate: LeaveCertificate | undefined;

  readonly entry: Entry;
  /** The first proposal of this view's leader. */
  readonly proposal: Proposal | undefined;
  /** Own proposal that waits for its signature. */
  readonly draft: Proposal | undefined;
  /** Proposals of views not entered yet. */
  readonly early: ReadonlyMap<View, Proposal>;
  readonly standing: ReadonlyMap<Digest, BlockStanding>;
  /** Votes of this view; collected by its leader, or by every member where votes go to all. */
  readonly votes: VoteTally;
  /** Votes of the next view, by members that are in it already; where votes go to all. */
  readonly nextVotes: VoteTally;
  /** Certificates of this view, formed or received. */
  readonly certificates: Readonly<Partial<Record<Phase, QuorumCertificate>>>;
  /** The newest report of each member; collected by the leader of this view or a later one. */
  readonly newViews: ReadonlyMap<MemberIndex, NewView>;
  /** The newest timeout of each member. */
  readonly timeouts: ReadonlyMap<MemberIndex, Timeout>;
  readonly building: boolean;
  readonly work: boolean;
  readonly timerRuns: boolean;
  readonly outbox: readonly Outgoing[];
  readonly timedOutViews: bigint;
}

export const NO_VOTES: VoteTally = {
  prepare: new Map(),
  'pre-commit': new Map(),
  commit: new Map(),
};

/** The state that a member starts or restarts in: from its record, or from genesis; never below its chain's tip. */
export function initialState(context: HotStuffContext): HotStuffState {
  const { restored, tip } = context;
  const commit = restored === undefined ? tip : newer(tip, restored.commit);
  const proved = later(commit.view, restored?.timeoutCertificate?.view);
  const view = later((proved + 1n) as View, restored?.view);
  return {
    context,
    view,
    voted: restored?.view === view ? restored.voted : {},
    timedOut: restored?.timedOut,
    proposed: restored?.proposed,
    high: restored?.high ?? rootCertificate(HOTSTUFF_TABLE, 'prepare', context.root),
    locked: restored?.locked === undefined ? lockOf(commit, context) : newer(restored.locked, commit),
    commit,
    timeoutCertificate: restored?.timeoutCertificate,
    entry: 'start',
    proposal: undefined,
    draft: undefined,
    early: new Map(),
    standing: new Map(),
    votes: NO_VOTES,
    nextVotes: NO_VOTES,
    certificates: {},
    newViews: new Map(),
    timeouts: new Map(),
    building: false,
    work: false,
    timerRuns: false,
    outbox: [],
    timedOutViews: 0n,
  };
}

/** The one of the higher view; the first when equal. */
export function newer<Certificate extends { readonly view: View }>(
  a: Certificate,
  b: Certificate,
): Certificate {
  return b.view > a.view ? b : a;
}

function later(view: View, other: View | undefined): View {
  return other !== undefined && other > view ? other : view;
}

/** A decided block is a lock too (RULES.md A.9); the root needs none, everything of the epoch extends it. */
function lockOf(commit: QuorumCertificate, { root }: HotStuffContext): QuorumCertificate | undefined {
  return commit.view > root.view ? commit : undefined;
}

/** The durable part of a state. */
export function recordOf(state: HotStuffState): SafetyRecord {
  const { view, voted, timedOut, proposed, high, locked, commit, timeoutCertificate } = state;
  const { epoch } = state.context.set;
  return { epoch, view, voted, timedOut, proposed, high, locked, commit, timeoutCertificate };
}

export function leads(state: HotStuffState): boolean {
  return state.context.leader(state.view) === state.context.me;
}

/** Whether this member gave the current view up: then it casts no more votes in it (RULES.md A.12). */
export function hasGivenUp(state: HotStuffState): boolean {
  return state.timedOut !== undefined && state.timedOut.view >= state.view;
}

/** Whether this member's timeout of the current view was signed, and sent. */
export function hasAnnounced({ context: { me }, timeouts, view }: HotStuffState): boolean {
  return me !== undefined && timeouts.get(me)?.view === view;
}

/** Whether a prepared block is not decided yet: then the chain must go on even without new work. */
export function isUndecided(state: HotStuffState): boolean {
  return state.high.view > state.commit.view;
}

/** One step under way: the state so far, and the effects so far, in order. Lives for one call of `step`. */
export class Turn {
  /** The state before this step. */
  readonly before: HotStuffState;
  #state: HotStuffState;
  readonly effects: HotStuffEffect[] = [];

  constructor(state: HotStuffState) {
    this.before = state;
    this.#state = state;
  }

  get state(): HotStuffState {
    return this.#state;
  }

  update(change: Partial<HotStuffState>): void {
    this.#state = { ...this.#state, ...change };
  }

  emit(effect: HotStuffEffect): void {
    this.effects.push(effect);
  }
}
