import type { MemberIndex } from '#libs/chain/ids.ts';
import { toMemberIndex } from '#libs/chain/ids.ts';
import type { NodePorts } from '#libs/engine/node-ports.ts';
import type { PeerPort } from '#libs/engine/ports/engine-ports.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { opened } from '#libs/protocol/hosting/seals.ts';
import type { RoundsMessage } from '#libs/protocol/rounds/message.ts';
import { PBFT } from '#libs/protocols/hosted-protocols.ts';

/** A message of PBFT on its way from one member to another. */
export interface Carried {
  readonly from: number;
  readonly to: number;
  readonly message: RoundsMessage;
}

/** Anything else on its way. */
interface CarriedRest {
  readonly from: number;
  readonly to: number;
  readonly body: PeerMessageBody;
}

/** Carries the messages of members to each other, as far as a test lets it. */
export class PbftPost {
  /** Messages of PBFT as members sent them, one for each receiver. */
  readonly sent: Carried[] = [];
  /** The message that arrives in the place of one of PBFT; undefined: none does. */
  carry: (carried: Carried) => RoundsMessage | undefined = ({ message }) => message;
  /** The same for everything else: transactions, blocks, heartbeats. */
  carryRest: (rest: CarriedRest) => PeerMessageBody | undefined = ({ body }) => body;
  readonly #peers = new Map<number, PeerPort>();

  /** The ports of a member whose messages go this way. */
  fit({ peers, ...ports }: NodePorts, member: MemberIndex): NodePorts {
    this.#peers.set(member, peers);
    const send: PeerPort['send'] = (...sending) => this.#send(member, peers, sending);
    return { ...ports, peers: { connected: () => peers.connected(), send } };
  }

  /** Brings a message as if the member had sent it now, although others are held back. */
  deliver({ from, to, message }: Carried): void {
    this.#peers.get(from)?.send(toMemberIndex(to), PBFT.messages.close(message));
  }

  /** Holds back what matches. @returns it, in the order in which it was sent. */
  holdBack(isHeld: (carried: Carried) => boolean): readonly Carried[] {
    const held: Carried[] = [];
    this.carry = (carried) => {
      if (!isHeld(carried)) return carried.message;
      held.push(carried);
      return undefined;
    };
    return held;
  }

  carryAll(): void {
    this.carry = ({ message }) => message;
    this.carryRest = ({ body }) => body;
  }

  #send(from: number, peers: PeerPort, [to, body, ...form]: Parameters<PeerPort['send']>): void {
    for (const each of to === 'all' ? [...this.#peers.keys()].filter((other) => other !== from) : [to]) {
      const arrives = this.#arriving({ from, to: each, body });
      if (arrives !== undefined) peers.send(toMemberIndex(each), arrives, ...form);
    }
  }

  #arriving({ from, to, body }: CarriedRest): PeerMessageBody | undefined {
    if (body.kind !== 'protocol') return this.carryRest({ from, to, body });
    const carried = { from, to, message: opened(PBFT.messages, body) };
    this.sent.push(carried);
    const arrives = this.carry(carried);
    return arrives && PBFT.messages.close(arrives);
  }
}

export function isVoteOf({ message }: Carried, step: string): boolean {
  return message.kind === 'vote' && message.step === step;
}
