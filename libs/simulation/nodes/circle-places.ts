import { type Epoch, type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import { circleKeys } from '#libs/engine/membership/circle.ts';
import type { MembershipBook } from '#libs/engine/membership/membership-book.ts';
import type { Membership } from '#libs/membership/membership.ts';
import { factsOf, nodeOf } from '#libs/simulation/federation/federation.ts';

interface Places {
  readonly of: Membership;
  readonly nodes: readonly MemberIndex[];
}

/** Whom a node meets, and by which number: members of its epoch first, then guests. As the gateway link has it. */
export class CirclePlaces {
  readonly #book: MembershipBook;
  readonly #me: MemberIndex;
  /** Gateway keys in its peers.yaml. */
  readonly named: readonly Uint8Array[];
  #places: Places | undefined;

  /** @param founders - Members of the genesis: a node has them in its peers.yaml, and all that were set up before it. */
  constructor(book: MembershipBook, me: MemberIndex, founders: number) {
    this.#book = book;
    this.#me = me;
    this.named = Array.from({ length: Math.max(founders, me) }, (_, node) => factsOf(node).gatewayPublicKey);
  }

  /** Everybody that this node meets, itself among them when it is a member. */
  get nodes(): readonly MemberIndex[] {
    const { current } = this.#book;
    if (this.#places?.of === current) return this.#places.nodes;
    const { epoch } = current;
    const before = epoch === 0n ? undefined : this.#book.epoch((epoch - 1n) as Epoch);
    const nodes = circleKeys(current, before, this.named).map((publicKey) => nodeOf({ publicKey }));
    this.#places = { of: current, nodes };
    return nodes;
  }

  /** Undefined for a stranger, and for this node itself. */
  placeOf(node: MemberIndex): MemberIndex | undefined {
    const place = node === this.#me ? -1 : this.nodes.indexOf(node);
    return place < 0 ? undefined : toMemberIndex(place);
  }

  /** The others, with their places. */
  get others(): readonly (readonly [place: MemberIndex, node: MemberIndex])[] {
    return this.nodes.flatMap((node, place) =>
      node === this.#me ? [] : [[toMemberIndex(place), node] as const],
    );
  }
}
