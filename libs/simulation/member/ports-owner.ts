import type { MemberIndex } from '#libs/chain/ids.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { Prng } from '#libs/random/prng.ts';
import type { Disk } from '../disk/disk.ts';
import type { Endpoint } from '../network/network.ts';
import type { Actor, ActorFactory } from '../subject/actor.ts';
import type { InstanceClock } from './instance-clock.ts';
import type { Setting } from './setting.ts';

/** The instance behind the ports: they act for it, and crash it where its plan says so. */
export interface PortsOwner<State, Message, Record> {
  readonly setting: Setting<State, Message, Record>;
  readonly endpoint: Endpoint<Message>;
  readonly disk: Disk<Record>;
  readonly random: Prng;
  readonly clock: InstanceClock;
  /** Whether the checkers hold it to the rules: not so for twins and actors. */
  readonly isHonest: boolean;
  readonly actorFactory: ActorFactory<Message> | undefined;
  /** A key that is not guarded, for actors. */
  readonly freeSigner: ((statement: VoteStatement) => Uint8Array) | undefined;
  readonly actor: Actor<Message> | undefined;
  /** Does an effect, unless the instance crashes before or after it. @throws SimulatedCrash */
  effect(name: string, run: () => void): void;
  /** Runs later, unless this life ended by then. */
  later(delayMs: number, run: () => void): void;
  transmit(to: MemberIndex | 'all', message: Message): void;
  halted(cause: unknown): void;
}
