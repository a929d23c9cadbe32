import type { View } from '#libs/chain/ids.ts';
import type { Input, ProtocolModule, TimerName, Transition } from '../module.ts';
import { type KeySignature, keySignatureOf } from '../signed.ts';
import type { Position } from '../vote/position.ts';
import type { VoteStatement } from '../vote/statement.ts';
import { areVotesToAll } from '../vote-path.ts';
import { admitHotStuff } from './admission.ts';
import { hotStuffClaims, ownClaim } from './claims.ts';
import { announceVote } from './collecting.ts';
import { hotStuffFollows } from './header-rule.ts';
import { greet, help } from './helping.ts';
import type { HotStuffMessage } from './message.ts';
import { announceTimeout, giveUp } from './pacemaker.ts';
import { announceProposal, propose, tryPropose } from './proposing.ts';
import { publicState } from './public-state.ts';
import { takeFormed, takeMessage, takeTimeoutCertificate } from './receiving.ts';
import type { SafetyRecord } from './record.ts';
import { report } from './reporting.ts';
import { askTimeout } from './sending.ts';
import { leaveSpentView } from './spent-view.ts';
import { type HotStuffContext, type HotStuffState, hasGivenUp, initialState, Turn } from './state.ts';
import { viewPosition } from './statements.ts';
import { adjustTimers, resend } from './timing.ts';
import { HOTSTUFF_TABLE } from './vote-table.ts';
import { blockJudged, repeatVotes, takeEarlyProposal } from './voting.ts';

type HeardInput = Exclude<Input<HotStuffMessage>, { readonly kind: 'final' | 'control' }>;
type HotStuffTransition = Transition<HotStuffState, HotStuffMessage, SafetyRecord>;

/**
 * Basic HotStuff (arXiv 1803.05069, Algorithm 2; RULES.md C.2): four-step views, one block in flight, votes to the
 * leader, a lock on the pre-commit certificate, and views synchronised by timeout certificates.
 */
export const hotStuff: ProtocolModule<HotStuffState, HotStuffMessage, SafetyRecord> = {
  id: 'hotstuff',
  votes: HOTSTUFF_TABLE,
  follows: hotStuffFollows,
  controls: [],
  init: (context: HotStuffContext): HotStuffTransition => ({ state: initialState(context), effects: [] }),
  step(state, input) {
    // It knows of its own decisions, and learns of others by certificates; its operator has no word to say.
    if (input.kind === 'final' || input.kind === 'control') return { state, effects: [] };
    const turn = new Turn(state);
    take(turn, input);
    const { view } = state;
    if (turn.state.view !== view) takeEarlyProposal(turn);
    leaveSpentView(turn);
    tryPropose(turn);
    adjustTimers(turn);
    return { state: turn.state, effects: turn.effects };
  },
  admit: admitHotStuff,
  claims: hotStuffClaims,
  ownClaim,
  proposed: (message) => (message.kind === 'proposal' ? message.block : undefined),
  reported,
  decision: (certificate) => ({ kind: 'certificate', certificate }),
  votePath: (parameters) => (areVotesToAll({ parameters }) ? 'all' : 'leader'),
  snapshot: publicState,
};

function take(turn: Turn, input: HeardInput): void {
  switch (input.kind) {
    case 'start':
      return start(turn);
    case 'message':
      return takeMessage(turn, input.from, input.message);
    case 'timer':
      return takeTimer(turn, input.name, input.position.view);
    case 'signed':
      return takeSignature(turn, input.statement, keySignatureOf(input));
    case 'built':
      return propose(turn, input.position.view, input.block);
    case 'checked':
      return blockJudged(turn, input.digest, input.ok);
    case 'work':
      return turn.update({ work: input.pending });
    case 'peer':
      return greet(turn, input.member);
    case 'behind':
      return help(turn, input.member, input.reported);
  }
}

/**
 * Enters the view of the record or of the tip: repeats the recorded statements, and reports its position (RULES.md
 * C.7).
 */
function start(turn: Turn): void {
  const { view, context, commit } = turn.state;
  const leader = context.leader(view);
  turn.emit({ kind: 'entered', position: viewPosition(view), leader, cause: 'start' });
  // Decided and recorded, but a crash came before the chain store had it.
  if (commit.view > context.tip.view) {
    turn.emit({ kind: 'commit', certificate: commit, from: context.leader(commit.view) });
  }
  if (hasGivenUp(turn.state)) askTimeout(turn);
  else repeatVotes(turn);
  report(turn);
}

function takeTimer(turn: Turn, name: TimerName, view: View): void {
  if (view !== turn.state.view || !turn.state.timerRuns) return;
  if (name === 'view') giveUp(turn, 'timeout');
  else resend(turn);
}

function takeSignature(turn: Turn, statement: VoteStatement, signed: KeySignature): void {
  const { me } = turn.state.context;
  if (me === undefined) return;
  switch (statement.kind) {
    case 'proposal':
      return announceProposal(turn, statement.view, signed);
    case 'timeout':
      return announceSignedTimeout(turn, statement.view, signed);
    default:
      return takeFormed(turn, announceVote(turn, statement, signed), me);
  }
}

/** New-view and timeout say where their sender is. */
function reported(message: HotStuffMessage): Position | undefined {
  return message.kind === 'new-view' || message.kind === 'timeout' ? viewPosition(message.view) : undefined;
}

function announceSignedTimeout(turn: Turn, view: View, signed: KeySignature): void {
  const { me } = turn.state.context;
  if (view !== turn.state.view || me === undefined) return;
  takeTimeoutCertificate(turn, announceTimeout(turn, signed), me);
}
