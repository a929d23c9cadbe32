import { assert } from '#libs/assert/assert.ts';
import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Prng } from '#libs/random/prng.ts';
import type { SharedJudge } from '../chain/shared-judge.ts';
import type { SimulatedEpoch, SimulatedFederation } from '../federation/federation.ts';
import type { Setting } from '../member/setting.ts';
import type { SimulatedSubject } from '../member/whole-nodes.ts';
import { Network } from '../network/network.ts';
import type { Plan } from '../plan/plan.ts';
import { plannedLeaders, withPlannedLeaders } from '../plan/turns.ts';
import type { Observer } from '../subject/observer.ts';
import type { Schedule } from '../time/schedule.ts';
import type { Trace } from '../time/trace.ts';
import { freightOf } from './freight.ts';

/** All that a world is made of. */
export interface WorldFacts<State, Message, Record> {
  readonly subject: SimulatedSubject<State, Message, Record>;
  readonly plan: Plan;
  readonly random: Prng;
  readonly schedule: Schedule;
  readonly trace: Trace;
  readonly judge: SharedJudge;
  readonly federation: SimulatedFederation;
  observerOf(epoch: SimulatedEpoch): Observer<Message, Record>;
}

const TIMING = { viewTimeoutMs: 300, viewTimeoutMsMax: 3_000 };

/** The setting of the founding epoch. @param isUp - Whether a process of the node runs. */
export function settingOf<State, Message, Record>(
  { random, ...facts }: WorldFacts<State, Message, Record>,
  isUp: (node: MemberIndex) => boolean,
): Setting<State, Message, Record> {
  const { subject, plan, schedule, federation } = facts;
  const { scope, table, set, root, parameters, authority } = federation.founding;
  return {
    ...facts,
    scope,
    table: withPlannedLeaders(table, () => plan.leaders),
    set,
    root,
    parameters,
    authority,
    isUp,
    network: new Network(schedule, random.stream('network'), plan, freightOf(subject)),
    timing: TIMING,
    observer: facts.observerOf(federation.founding),
    leadersOf: (protocol) => {
      const leaders = protocol === subject.module.id ? subject.leaders : subject.whole?.leadersOf(protocol);
      assert(leaders !== undefined, `no epoch of this world runs ${protocol}`);
      return leaders;
    },
    leader: plannedLeaders(plan.leaders, table, subject.leaders(set)),
  };
}
