import type { Block } from '#libs/chain/block.ts';
import type { HeaderRule } from '#libs/chain/header-rules.ts';
import type { Input, ProtocolModule, Transition } from '../module.ts';
import { keySignatureOf } from '../signed.ts';
import { comparePositions, type Position } from '../vote/position.ts';
import type { VoteTable } from '../vote/vote-table.ts';
import { admitRounds } from './admission.ts';
import { roundsClaims, senderClaim } from './claims.ts';
import { openHeight } from './heights.ts';
import { askNextMembers, askThoseAhead, greetMember, helpMember } from './helping.ts';
import { leaveRefused, leaveRound } from './leaving.ts';
import type { RoundsMessage } from './message.ts';
import { takeBuilt, tryRound } from './proposing.ts';
import { publicRound } from './public-state.ts';
import { blockOfRoundJudged, takeReleased, takeRoundsMessage, takeSigned } from './receiving.ts';
import type { RoundsRecord } from './record.ts';
import { askLeave } from './sending.ts';
import { isLeaving, type RoundsState, RoundsTurn, startingState } from './state.ts';
import { roundPosition } from './statements.ts';
import { adjustRoundTimers, hasSaidLeave, setRepeatTimer } from './timing.ts';

/** A protocol of locked rounds. */
export type RoundsModule = ProtocolModule<RoundsState, RoundsMessage, RoundsRecord>;

/** The ways in which protocols of locked rounds differ beside their tables. */
export interface RoundsFlavour {
  /** Whether a member gives a view up as soon as it finds the proposed block invalid; else when the view takes too long. */
  readonly leavesUponRefusal: boolean;
}

/**
 * A protocol that decides one height after the other, each in views of its own, with votes of all to all (README.md): PBFT with one
 * block in flight. The table says its kinds and its leaders.
 */
export function roundsModule(
  table: VoteTable,
  follows: HeaderRule,
  flavour: RoundsFlavour = { leavesUponRefusal: false },
): RoundsModule {
  return {
    id: table.protocol,
    votes: table,
    follows,
    controls: [],
    init: (context) => ({ state: startingState(context), effects: [] }),
    step: (state, input) => step(state, input, flavour),
    admit: admitRounds,
    claims: (message) => roundsClaims(table, message),
    ownClaim: (message) => senderClaim(table, message),
    proposed: proposedIn,
    reported,
    decision: (certificate) => ({ kind: 'certificate', certificate }),
    votePath: () => 'all',
    snapshot: publicRound,
  };
}

function proposedIn(message: RoundsMessage): Block | undefined {
  const statements = message.kind === 'recovery' ? message.statements : [message];
  return statements.find((each) => each.kind === 'proposal')?.block;
}

function step(
  state: RoundsState,
  input: Input<RoundsMessage>,
  flavour: RoundsFlavour,
): Transition<RoundsState, RoundsMessage, RoundsRecord> {
  const turn = new RoundsTurn(state);
  take(turn, input);
  if (flavour.leavesUponRefusal) leaveRefused(turn);
  if (turn.at.height !== state.at.height || state.tip === undefined) {
    takeReleased(turn);
    askThoseAhead(turn);
  }
  tryRound(turn);
  adjustRoundTimers(turn);
  return { state: turn.state, effects: turn.effects };
}

function take(turn: RoundsTurn, input: Input<RoundsMessage>): void {
  switch (input.kind) {
    case 'start':
    case 'control':
      // It begins with the first `final`; its operator has no word to say.
      return;
    case 'message':
      return takeRoundsMessage(turn, input.from, input.message);
    case 'timer':
      return takeRoundTimer(turn, input.name, input.position);
    case 'signed':
      return takeSigned(turn, input.statement, keySignatureOf(input));
    case 'built':
      return takeBuilt(turn, input.position, input.block);
    case 'checked':
      return blockOfRoundJudged(turn, input.digest, input);
    case 'work':
      return turn.update({ work: input.pending });
    case 'final':
      return openHeight(turn, input);
    case 'peer':
      return greetMember(turn, input.member);
    case 'behind':
      return helpMember(turn, input.member, input.reported);
  }
}

function takeRoundTimer(turn: RoundsTurn, name: string, position: Position): void {
  const { at } = turn;
  if (!at.timerRuns || comparePositions(position, roundPosition(at)) !== 0) return;
  if (name === 'round') return leaveRound(turn, 'timeout');
  repeat(turn);
}

/**
 * Repeats all own statements of this view, for a lost message must not cost a view, and asks some others for what is missing here.
 * It also asks again for the signature of a leave that a signer could not give: nothing else of this view can ever be signed.
 */
function repeat(turn: RoundsTurn): void {
  if (isLeaving(turn.state) && !hasSaidLeave(turn.state)) askLeave(turn);
  for (const message of turn.at.outbox) turn.emit({ kind: 'transmit', to: 'all', message });
  askNextMembers(turn);
  turn.change({ repeats: turn.at.repeats + 1, asked: new Set(), answered: new Set() });
  setRepeatTimer(turn);
}

/** A request says where its sender is; a leave does so by its view. */
function reported(message: RoundsMessage): Position | undefined {
  return message.kind === 'request' || message.kind === 'leave' ? roundPosition(message) : undefined;
}
