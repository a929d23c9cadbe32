import type { RoundsMessage } from '#libs/protocol/rounds/message.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { FAITHFUL } from '../plan/plan.ts';
import type { ActorFactory } from '../subject/actor.ts';
import { equivocatingLeader, forgingRounds, misjustifyingLeader, usurpingLeader } from './actors/leaders.ts';
import {
  doubleVotingRounds,
  garblingRounds,
  leaveSpammer,
  replayingRounds,
  selectiveRounds,
  silentRounds,
  understatingRounds,
} from './actors/voters.ts';

/** Byzantine members of a protocol of locked rounds (libs/simulation/README.md B.4), by the names that those of other protocols have too. */
export function roundsActors(table: VoteTable): ReadonlyMap<string, ActorFactory<RoundsMessage>> {
  return new Map<string, ActorFactory<RoundsMessage>>([
    ['double-voter', doubleVotingRounds(table)],
    ['equivocator', equivocatingLeader(table)],
    [FAITHFUL, ({ send }) => ({ outgoing: send })],
    ['forger', forgingRounds(table)],
    ['garbler', garblingRounds],
    ['misjustifier', misjustifyingLeader(table)],
    ['replayer', replayingRounds],
    ['selective', selectiveRounds],
    ['silent', silentRounds],
    ['timeout-spammer', leaveSpammer(table)],
    ['understater', understatingRounds(table)],
    ['usurper', usurpingLeader(table)],
  ]);
}
