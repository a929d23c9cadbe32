import type { MembershipBook } from '#libs/engine/membership/membership-book.ts';
import type { Accounts, EpochPorts } from '#libs/engine/node-ports.ts';
import type { Membership } from '#libs/membership/membership.ts';
import { alarmPort } from '../member/ports.ts';
import type { Clerk } from './clerk.ts';
import { type ClerkMakers, clerkOf } from './clerks.ts';
import type { NodeChain } from './node-chain.ts';
import { EpochSeat, type NodeOwner } from './node-owner.ts';
import type { NodePeers } from './node-peers.ts';
import { nodeSigner } from './node-signer.ts';
import { nodeVerifier } from './node-verifier.ts';
import { seatActor } from './seat-actor.ts';

interface SeatParts {
  readonly owner: NodeOwner;
  readonly clerks: ClerkMakers;
  readonly book: MembershipBook;
  readonly chain: NodeChain;
  peers(): NodePeers;
}

/** The seat of a node in the epoch that it is in, with the liar that sits on it, if one does. */
export class Seats {
  readonly #owner: NodeOwner;
  readonly #clerks: ClerkMakers;
  readonly #book: MembershipBook;
  readonly #chain: NodeChain;
  readonly #peers: () => NodePeers;
  #seat: EpochSeat;
  #clerk: Clerk | undefined;

  constructor({ owner, clerks, book, chain, peers }: SeatParts) {
    this.#owner = owner;
    this.#clerks = clerks;
    this.#book = book;
    this.#chain = chain;
    this.#peers = peers;
    this.#seat = this.#newSeat(book.current);
  }

  get current(): EpochSeat {
    return this.#seat;
  }

  get clerk(): Clerk | undefined {
    return this.#clerk;
  }

  enter(membership: Membership, { guard, onMuted }: Accounts): EpochPorts {
    const owner = this.#owner;
    const seat = this.#newSeat(membership);
    this.#seat = seat;
    this.#clerk = clerkOf(this.#clerks, { owner, seat, book: this.#book, peers: this.#peers });
    seat.actor = seatActor({ owner, seat, peers: this.#peers(), clerk: this.#clerk });
    owner.note(`epoch ${membership.epoch} with ${membership.set.members.map(({ name }) => name).join(' ')}`);
    const signer = nodeSigner({ owner, seat, chain: this.#chain, book: this.#book });
    return {
      timers: alarmPort(seat),
      ...{ signer, prover: signer },
      verifierOf: (facts) => {
        const epoch = owner.setting.federation.epochOf({ ...facts, chain: membership.chain });
        return nodeVerifier({ seat, epoch, guard, onMuted });
      },
    };
  }

  #newSeat(membership: Membership): EpochSeat {
    return new EpochSeat(this.#owner, this.#owner.setting.federation.epochOf(membership));
  }
}
