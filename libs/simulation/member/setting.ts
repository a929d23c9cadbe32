import type { MemberIndex, View } from '#libs/chain/ids.ts';
import type { EpochRoot } from '#libs/protocol/certificate.ts';
import type { LeaderSchedule } from '#libs/protocol/hosting/description.ts';
import type { ParameterValues } from '#libs/protocol/parameters.ts';
import type { ProtocolTiming } from '#libs/protocol/protocol-timing.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { SigningScope } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { SharedJudge } from '../chain/shared-judge.ts';
import type { SimulatedEpoch, SimulatedFederation } from '../federation/federation.ts';
import type { SignatureAuthority } from '../federation/signatures.ts';
import type { Network } from '../network/network.ts';
import type { Plan } from '../plan/plan.ts';
import type { Observer } from '../subject/observer.ts';
import type { Subject } from '../subject/subject.ts';
import type { Schedule } from '../time/schedule.ts';
import type { Trace } from '../time/trace.ts';

/**
 * The facts that all instances of a world share. Set, scope, keys, leaders and observer are those of an epoch, at
 * first of the founding one.
 */
export interface Setting<State, Message, Record> {
  readonly subject: Subject<State, Message, Record>;
  readonly plan: Plan;
  readonly schedule: Schedule;
  readonly network: Network<Message>;
  readonly judge: SharedJudge;
  readonly federation: SimulatedFederation;
  readonly authority: SignatureAuthority;
  readonly scope: SigningScope;
  readonly table: VoteTable;
  readonly set: ValidatorSet;
  readonly root: EpochRoot;
  readonly parameters: ParameterValues;
  readonly timing: ProtocolTiming;
  readonly trace: Trace;
  readonly observer: Observer<Message, Record>;
  observerOf(epoch: SimulatedEpoch): Observer<Message, Record>;
  /** Whether a process of the node runs. */
  isUp(node: MemberIndex): boolean;
  leader(view: View): MemberIndex;
  /** The leaders of an epoch that runs this protocol. */
  leadersOf(protocol: string): LeaderSchedule;
}

/** The same world in another epoch. */
export function settingIn<State, Message, Record>(
  setting: Setting<State, Message, Record>,
  epoch: SimulatedEpoch,
): Setting<State, Message, Record> {
  const { scope, table, set, root, parameters, authority } = epoch;
  const leader = setting.leadersOf(scope.protocol)(set);
  const observer = setting.observerOf(epoch);
  return { ...setting, scope, table, set, root, parameters, authority, leader, observer };
}
