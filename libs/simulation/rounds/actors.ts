import type { RoundsMessage } from '#libs/protocol/rounds/message.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { dawdler, selective, silent, stutterer, turncoat } from '../liars/any-message.ts';
import { byteGarbler } from '../liars/byte-garbler.ts';
import { syncLiar } from '../liars/sync-liar.ts';
import { FAITHFUL, MUTATING_TWIN } from '../plan/plan.ts';
import type { ActorFactory } from '../subject/actor.ts';
import { floodingRounds, gluttonousRounds, inflatingRounds } from './actors/greedy.ts';
import { equivocatingLeader, forgingRounds, misjustifyingLeader, usurpingLeader } from './actors/leaders.ts';
import { mutatingRounds } from './actors/mutator.ts';
import { invalidRounds, misdatingRounds, staleRounds } from './actors/odd-leaders.ts';
import {
  doubleVotingRounds,
  garblingRounds,
  leaveSpammer,
  replayingRounds,
  understatingRounds,
} from './actors/voters.ts';

/** Byzantine members of a protocol of locked rounds (libs/simulation/README.md B.4), by the names that those of other protocols have too. */
export function roundsActors(table: VoteTable): ReadonlyMap<string, ActorFactory<RoundsMessage>> {
  const lies = {
    'double-voter': doubleVotingRounds(table),
    equivocator: equivocatingLeader(table),
    forger: forgingRounds(table),
    selective,
    silent,
    'stale-leader': staleRounds(table),
    understater: understatingRounds(table),
  };
  return new Map<string, ActorFactory<RoundsMessage>>([
    ...Object.entries(lies),
    ['byte-garbler', byteGarbler],
    ['clock-liar', misdatingRounds(table)],
    ['dawdler', dawdler],
    [FAITHFUL, ({ send }) => ({ outgoing: send })],
    ['flooder', floodingRounds(table)],
    ['garbler', garblingRounds],
    ['glutton', gluttonousRounds(table)],
    ['inflater', inflatingRounds(table)],
    ['invalid-leader', invalidRounds(table)],
    ['misjustifier', misjustifyingLeader(table)],
    [MUTATING_TWIN, mutatingRounds(table)],
    ['replayer', replayingRounds],
    ['stutterer', stutterer],
    ['sync-liar', (tools) => syncLiar(tools, proposedIn)],
    ['timeout-spammer', leaveSpammer(table)],
    ['turncoat', turncoat<RoundsMessage>(Object.values(lies))],
    ['usurper', usurpingLeader(table)],
  ]);
}

function proposedIn(message: RoundsMessage) {
  return message.kind === 'proposal' ? message.block : undefined;
}
