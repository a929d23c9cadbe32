import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import { dawdler, selective, silent, stutterer, turncoat } from '../liars/any-message.ts';
import { byteGarbler } from '../liars/byte-garbler.ts';
import { syncLiar } from '../liars/sync-liar.ts';
import { FAITHFUL, MUTATING_TWIN } from '../plan/plan.ts';
import type { ActorFactory } from '../subject/actor.ts';
import { clockLiar } from './actors/clock-liar.ts';
import { forger } from './actors/forger.ts';
import { forkHelper } from './actors/fork-helper.ts';
import { glutton } from './actors/glutton.ts';
import { invalidLeader } from './actors/invalid-leader.ts';
import { equivocator, misjustifier, staleLeader, usurper } from './actors/lying-leader.ts';
import { mutator } from './actors/mutator.ts';
import { flooder, inflater } from './actors/nuisances.ts';
import { timeoutMixer } from './actors/timeout-mixer.ts';
import { doubleVoter, garbler, replayer, timeoutSpammer, understater } from './actors/voters.ts';

/** Byzantine members of HotStuff (libs/simulation/README.md B.4), by the names that the command line takes. */
export const hotStuffActors: ReadonlyMap<string, ActorFactory<HotStuffMessage>> = new Map<
  string,
  ActorFactory<HotStuffMessage>
>([
  ['byte-garbler', byteGarbler],
  ['clock-liar', clockLiar],
  ['dawdler', dawdler],
  ['double-voter', doubleVoter],
  ['equivocator', equivocator],
  [FAITHFUL, ({ send }) => ({ outgoing: send })],
  ['flooder', flooder],
  ['forger', forger],
  ['fork-helper', forkHelper],
  ['garbler', garbler],
  ['glutton', glutton],
  ['inflater', inflater],
  ['invalid-leader', invalidLeader],
  ['misjustifier', misjustifier],
  [MUTATING_TWIN, mutator],
  ['replayer', replayer],
  ['selective', selective],
  ['silent', silent],
  ['stale-leader', staleLeader],
  ['stutterer', stutterer],
  [
    'sync-liar',
    (tools) => syncLiar(tools, (message) => (message.kind === 'proposal' ? message.block : undefined)),
  ],
  ['timeout-mixer', timeoutMixer],
  ['timeout-spammer', timeoutSpammer],
  [
    'turncoat',
    turncoat([
      equivocator,
      staleLeader,
      doubleVoter,
      selective,
      silent,
      understater,
      forger,
      forkHelper,
      timeoutMixer,
    ]),
  ],
  ['understater', understater],
  ['usurper', usurper],
]);
