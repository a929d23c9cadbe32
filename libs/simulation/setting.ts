import type { Digest, MemberIndex, View } from '../chain/ids.ts';
import type { ProtocolTiming } from '../protocol/module.ts';
import type { SigningScope } from '../protocol/statement.ts';
import type { ValidatorSet } from '../protocol/validator-set.ts';
import type { BlockJudge } from './block-judge.ts';
import type { Network } from './network.ts';
import type { Observer } from './observer.ts';
import type { Plan } from './plan.ts';
import type { Schedule } from './schedule.ts';
import type { SignatureAuthority } from './signatures.ts';
import type { Subject } from './subject.ts';
import type { Trace } from './trace.ts';

/** What all instances of a world share. */
export interface Setting<State, Message, Record> {
  readonly subject: Subject<State, Message, Record>;
  readonly plan: Plan;
  readonly schedule: Schedule;
  readonly network: Network<Message>;
  readonly judge: BlockJudge;
  readonly authority: SignatureAuthority;
  readonly scope: SigningScope;
  readonly set: ValidatorSet;
  readonly timing: ProtocolTiming;
  readonly genesis: Digest;
  readonly trace: Trace;
  readonly observer: Observer<Message, Record>;
  leader(view: View): MemberIndex;
}
