import type { Prng } from '#libs/random/prng.ts';
import { SharedJudge } from '../chain/shared-judge.ts';
import { SimulatedFederation } from '../federation/federation.ts';
import type { SimulatedSubject } from '../member/whole-nodes.ts';
import type { Plan } from '../plan/plan.ts';
import { Schedule } from '../time/schedule.ts';
import { Trace } from '../time/trace.ts';
import type { WorldFacts } from '../world/world-setting.ts';

export interface GroundFacts {
  readonly random: Prng;
  readonly keepsTrace: boolean;
}

/** The ground that a world stands on: all that a plan and a seed decide, but for the observers. */
export function groundOf<State, Message, Record>(
  subject: SimulatedSubject<State, Message, Record>,
  plan: Plan,
  { random, keepsTrace }: GroundFacts,
): Omit<WorldFacts<State, Message, Record>, 'observerOf'> {
  const schedule = new Schedule(random.stream('schedule'));
  const judge = new SharedJudge(subject.module.follows, subject.root);
  const { members, whole, weights = [] } = plan;
  const genesis = judge.genesis.block.digest;
  const { protocols = new Map(), accusedIn } = subject.whole ?? {};
  const tableOf = (protocol: string) => subject.whole?.tableOf(protocol);
  const { parameters = {} } = subject;
  const table = subject.module.votes;
  const founders = {
    members,
    weights,
    table,
    tableOf,
    genesis,
    random,
    protocols,
    parameters,
    ...(accusedIn && { accusedIn }),
  };
  const federation = new SimulatedFederation(
    whole === undefined ? founders : { ...founders, policy: whole.policy },
  );
  return { subject, plan, random, schedule, trace: new Trace(keepsTrace), judge, federation };
}
