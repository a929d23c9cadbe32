import type { HotStuffMessage } from '../../protocol/hotstuff/message.ts';
import type { ActorFactory } from '../subject.ts';
import { forger } from './actors/forger.ts';
import { invalidLeader } from './actors/invalid-leader.ts';
import { equivocator, misjustifier, staleLeader, usurper } from './actors/lying-leader.ts';
import { dawdler, flooder, inflater, turncoat } from './actors/nuisances.ts';
import {
  doubleVoter,
  garbler,
  replayer,
  selective,
  silent,
  timeoutSpammer,
  understater,
} from './actors/voters.ts';

/** Byzantine members of HotStuff (bft.md B.4), by the names that the command line takes. */
export const hotStuffActors: ReadonlyMap<string, ActorFactory<HotStuffMessage>> = new Map([
  ['dawdler', dawdler],
  ['double-voter', doubleVoter],
  ['equivocator', equivocator],
  ['flooder', flooder],
  ['forger', forger],
  ['garbler', garbler],
  ['inflater', inflater],
  ['invalid-leader', invalidLeader],
  ['misjustifier', misjustifier],
  ['replayer', replayer],
  ['selective', selective],
  ['silent', silent],
  ['stale-leader', staleLeader],
  ['timeout-spammer', timeoutSpammer],
  ['turncoat', turncoat([equivocator, staleLeader, doubleVoter, selective, silent, understater, forger])],
  ['understater', understater],
  ['usurper', usurper],
]);
