import { type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import type { Circle } from '#libs/engine/node-ports.ts';
import { memberFactsOf, nodeOf } from '../federation/federation.ts';

/** The nodes that a node meets, by number as in the gateway link: members of its epoch first, then guests. */
export class CirclePlaces {
  readonly #me: MemberIndex;
  /** Gateway keys in its peers.yaml. */
  readonly named: readonly Uint8Array[];
  #nodes: readonly MemberIndex[] = [];

  /** @param founders - Members of the genesis: a node has them in its peers.yaml, and all that were set up before it. */
  constructor(me: MemberIndex, founders: number) {
    this.#me = me;
    this.named = Array.from(
      { length: Math.max(founders, me) },
      (_, node) => memberFactsOf(node).gatewayPublicKey,
    );
  }

  /** Everybody that this node meets, itself among them when it is a member. */
  get nodes(): readonly MemberIndex[] {
    return this.#nodes;
  }

  /** @returns the nodes that are new to it; at the start of a node nobody is. */
  enter({ keys }: Circle): readonly MemberIndex[] {
    const before = this.#nodes;
    this.#nodes = keys.map((publicKey) => nodeOf({ publicKey }));
    return before.length === 0 ? [] : this.#nodes.filter((node) => !before.includes(node));
  }

  nodeAt(place: MemberIndex): MemberIndex {
    return this.#nodes[place] ?? place;
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
