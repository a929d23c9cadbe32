import type { Block } from '#libs/chain/block.ts';
import type { MemberIndex } from '#libs/chain/ids.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import type { PeerGuard } from '#libs/replica/peer-guard.ts';
import type { Decoded, WireCodec } from '../subject/wire-codec.ts';
import type { PortsOwner } from './ports-owner.ts';

const MALFORMED = { ok: false, cause: 'malformed' } as const;

/** The way of a message into the replica of a life: read as it stands on the wire, or refused and counted. */
export class LifeHearing<State, Message, Record> {
  readonly #owner: PortsOwner<State, Message, Record>;
  readonly #guard: PeerGuard;
  readonly #receive: (from: MemberIndex, message: Message) => void;

  constructor(
    owner: PortsOwner<State, Message, Record>,
    guard: PeerGuard,
    receive: (from: MemberIndex, message: Message) => void,
  ) {
    this.#owner = owner;
    this.#guard = guard;
    this.#receive = receive;
  }

  message(from: MemberIndex, message: Message): void {
    this.#owner.actor?.incoming?.(from, message);
    this.#take(from, this.#codec?.carried(message) ?? heardAs(message));
  }

  bytes(from: MemberIndex, bytes: Uint8Array): void {
    this.#take(from, this.#codec?.decode(bytes) ?? MALFORMED);
  }

  /** The blocks that can be read at this end. */
  blocks(blocks: readonly Block[]): readonly Block[] {
    const codec = this.#codec;
    return codec === undefined ? blocks : blocks.flatMap((block) => codec.carriedBlock(block) ?? []);
  }

  /**
   * Counts a refused message as `services/consensus/member.ts` does: messages without room, and verified ones, have
   * their own account.
   */
  turnAway(from: MemberIndex, cause: RefusalCause): void {
    const { isHonest, setting, endpoint } = this.#owner;
    const { observer } = setting;
    if (isHonest) observer.turnedAway(endpoint.instance, from, cause);
    if (cause === 'overloaded' || cause === 'unresolved') return;
    const guard = this.#guard;
    const isMuted = cause === 'bad-signature' ? guard.falseSignature(from) : guard.uselessMessage(from);
    if (isMuted && isHonest) observer.muted(endpoint.instance, from);
  }

  get #codec(): WireCodec<Message> | undefined {
    return this.#owner.setting.subject.codec;
  }

  #take(from: MemberIndex, decoded: Decoded<Message>): void {
    if (decoded.ok) this.#hear(from, decoded.message);
    else this.turnAway(from, decoded.cause);
  }

  /** Hears a message as `libs/engine/evidence/evidence-watch.ts` does: also one that the replica will refuse unread. */
  #hear(from: MemberIndex, message: Message): void {
    const { isHonest, setting } = this.#owner;
    const claim = isHonest ? setting.subject.module.ownClaim(message) : undefined;
    if (claim !== undefined) setting.observer.heard(from, claim);
    this.#receive(from, message);
  }
}

/** Decodes nothing: without a codec a message is heard as it was sent. */
function heardAs<Message>(message: Message): Decoded<Message> {
  return { ok: true, message };
}
