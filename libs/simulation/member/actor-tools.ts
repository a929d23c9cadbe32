import type { Epoch, MemberIndex } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { Prng } from '#libs/random/prng.ts';
import type { Disk } from '../disk/disk.ts';
import type { Envelope } from '../network/network.ts';
import type { ActorTools } from '../subject/actor.ts';
import type { WireCodec } from '../subject/wire-codec.ts';
import type { Setting } from './setting.ts';

/** The seat of an actor, which replaces a replica in one epoch. */
export interface ActorSeat<State, Message, Record> {
  readonly setting: Setting<State, Message, Record>;
  /** Index in the set of the epoch. */
  readonly me: MemberIndex;
  readonly epoch: Epoch;
  readonly random: Prng;
  readonly disk: Disk<Record>;
  sign(statement: VoteStatement): Uint8Array;
  post(to: MemberIndex | 'all', envelope: Envelope<Message>): void;
}

/** The abilities of an actor: anything but signing for another. */
export function actorTools<State, Message, Record>({
  setting,
  me,
  epoch,
  random,
  disk,
  sign,
  post,
}: ActorSeat<State, Message, Record>): ActorTools<Message> {
  const { judge, set, root, leader, subject, schedule, scope } = setting;
  return {
    me,
    set,
    protocol: scope.protocol,
    root,
    random,
    leader,
    sign,
    send: (to, message) => {
      if (isWritable(subject.codec, message)) post(to, { kind: 'protocol', message, epoch });
    },
    sendBlocks: (to, blocks) => post(to, { kind: 'blocks', blocks }),
    sendBytes: (to, bytes) => post(to, { kind: 'bytes', bytes }),
    codec: subject.codec,
    after: (delayMs, run) => schedule.after(delayMs, run),
    makeBlock: (view, parent, salt, timestampMs = 0n) => {
      const held = disk.blocks.get(parent);
      if (held === undefined) return undefined;
      const transactions = salt === '' ? [] : [transactionOf(new Uint8Array(Buffer.from(salt, 'utf8')))];
      const built = judge.build({ view, proposer: me, transactions, nowMs: timestampMs, epoch }, held);
      disk.put(built);
      return built.block;
    },
  };
}

/** Whether a lie can be encoded at all; nobody hears one that cannot. */
function isWritable<Message>(codec: WireCodec<Message> | undefined, message: Message): boolean {
  try {
    codec?.carried(message);
    return true;
  } catch {
    return false;
  }
}
