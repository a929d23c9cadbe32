import type { MemberIndex, View } from '#libs/chain/ids.ts';
import type { LeaveCertificate } from '../leave-certificate.ts';
import type { EntryCause } from '../module.ts';
import type { KeySignature } from '../signed.ts';
import { hasQuorum, type ValidatorSet, weightOf } from '../validator-set.ts';
import type { FailureCause } from '../view-failure.ts';
import { tellFailure } from './failure.ts';
import type { Timeout } from './message.ts';
import { report } from './reporting.ts';
import { askTimeout, newViewOf, say } from './sending.ts';
import {
  type Entry,
  type HotStuffState,
  hasAnnounced,
  hasGivenUp,
  NO_VOTES,
  recordOf,
  type Turn,
} from './state.ts';
import { timeoutCertificateOf, timeoutShareOf, viewPosition } from './statements.ts';
import { clearTimers } from './timing.ts';

const CAUSE_OF_ENTRY: Readonly<Record<Entry, EntryCause>> = {
  start: 'start',
  commit: 'decision',
  timeout: 'leave',
  proof: 'proof',
};

/** Enters a view, which must be proved and higher (RULES.md C.5.1), and reports to its leader. */
export function enterView(turn: Turn, view: View, entry: Entry): void {
  const { state } = turn;
  clearTimers(turn);
  turn.update({
    view,
    entry,
    voted: {},
    proposal: undefined,
    draft: undefined,
    early: new Map([...state.early].filter(([each]) => each >= view)),
    newViews: new Map([...state.newViews].filter(([, report]) => report.view >= view)),
    timeouts: new Map([...state.timeouts].filter(([, timeout]) => timeout.view >= view)),
    votes: view === state.view + 1n ? state.nextVotes : NO_VOTES,
    nextVotes: NO_VOTES,
    certificates: {},
    building: false,
    outbox: [],
    timedOutViews: state.timedOutViews + (entry === 'timeout' ? 1n : 0n),
  });
  turn.emit({ kind: 'persist', record: recordOf(turn.state) });
  const leader = state.context.leader(view);
  turn.emit({ kind: 'entered', position: viewPosition(view), leader, cause: CAUSE_OF_ENTRY[entry] });
  report(turn);
}

/** Gives up the current view: recorded first, so that no vote of it follows, also not after a crash. */
export function giveUp(turn: Turn, cause: FailureCause): void {
  if (hasGivenUp(turn.state) || turn.state.context.me === undefined) return;
  const { view, high } = turn.state;
  tellFailure(turn, view, cause);
  turn.update({ timedOut: { view, high }, building: false, draft: undefined });
  askTimeout(turn);
}

/** The own timeout came back signed: tell everyone. */
export function announceTimeout(turn: Turn, signed: KeySignature): LeaveCertificate | undefined {
  const { state } = turn;
  const { me } = state.context;
  if (state.timedOut?.view !== state.view || me === undefined || hasAnnounced(state)) return undefined;
  const { commit, timeoutCertificate } = newViewOf(state);
  const { view, high } = state.timedOut;
  const message: Timeout = { kind: 'timeout', view, member: me, high, ...signed, commit, timeoutCertificate };
  say(turn, 'all', message);
  return collectTimeout(turn, message);
}

/**
 * Counts a verified timeout. Only the newest of each member is kept, so a member that signs timeouts of a
 * thousand views still fills one place (RULES.md A.39).
 */
export function collectTimeout(turn: Turn, timeout: Timeout): LeaveCertificate | undefined {
  const known = turn.state.timeouts.get(timeout.member);
  if (timeout.view < turn.state.view || (known !== undefined && known.view >= timeout.view)) return undefined;
  turn.update({ timeouts: new Map(turn.state.timeouts).set(timeout.member, timeout) });
  join(turn);
  return certificateOf(turn.state);
}

/**
 * f + 1 members gave up some view at or above ours: at least one of them is honest, so we follow (RULES.md C.5.3).
 */
function join(turn: Turn): void {
  const { state } = turn;
  const { set } = state.context;
  const views = [...state.timeouts.values()].map(({ view }) => view).sort((a, b) => Number(b - a));
  const target = views.find((view) => {
    const members = membersAt(state, (each) => each >= view);
    return weightOf(set, members) >= set.quorum.oneHonestWeight;
  });
  if (target === undefined || target < state.view) return;
  if (target > state.view) enterView(turn, target, 'proof');
  giveUp(turn, 'joined');
}

function membersAt(state: HotStuffState, matches: (view: View) => boolean): readonly MemberIndex[] {
  return [...state.timeouts].filter(([, { view }]) => matches(view)).map(([member]) => member);
}

/** The certificate that the timeouts of the current view add up to, or undefined while they are too few. */
function certificateOf(state: HotStuffState): LeaveCertificate | undefined {
  const { set } = state.context;
  const ofView = [...state.timeouts.values()].filter(({ view }) => view === state.view);
  if (!isQuorum(set, ofView)) return undefined;
  const chosen: Timeout[] = [];
  for (const timeout of ofView.sort((a, b) => a.member - b.member)) {
    if (!isQuorum(set, chosen)) chosen.push(timeout);
  }
  const { high } = chosen.reduce((max, each) => (each.high.view > max.high.view ? each : max));
  const shares = chosen.map((each) => timeoutShareOf(each, each.high));
  return timeoutCertificateOf(state.view, shares, high);
}

function isQuorum(set: ValidatorSet, timeouts: readonly Timeout[]): boolean {
  return hasQuorum(
    set,
    timeouts.map(({ member }) => member),
  );
}
