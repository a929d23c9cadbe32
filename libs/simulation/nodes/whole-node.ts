import type { Epoch, MemberIndex } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { MembershipBook } from '#libs/engine/membership/membership-book.ts';
import { Node, readBook } from '#libs/engine/node.ts';
import type { Circle, NodePorts } from '#libs/engine/node-ports.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { HostedRecord, HostedState, ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { FoundingProtocols } from '#libs/protocol/parameters.ts';
import type { PortsOwner } from '../member/ports-owner.ts';
import type { Process } from '../member/process.ts';
import type { Envelope } from '../network/network.ts';
import { CirclePlaces } from './circle-places.ts';
import { NodeChain } from './node-chain.ts';
import { NodeHearing } from './node-hearing.ts';
import type { NodeKind } from './node-kind.ts';
import { NodeOwner } from './node-owner.ts';
import { NodePeers } from './node-peers.ts';
import { nodeRecord } from './node-record.ts';
import { NodeSnapshots } from './node-snapshots.ts';
import { Seats } from './seats.ts';
import { wholeNodePorts } from './whole-node-ports.ts';

const CONNECT_MS_MAX = 30;

/** Changes the ports of a node before it is made: for tests, which look over its shoulder or speak in its place. */
export type Fit = (ports: NodePorts) => NodePorts;

/** The node of production (libs/engine/node.ts) over a simulated world. */
export class WholeNode implements Process<HostedState, ProtocolMessage> {
  readonly node: Node;
  readonly chain: NodeChain;
  readonly #owner: NodeOwner;
  readonly #book: MembershipBook;
  readonly #circle: CirclePlaces;
  readonly #peers: NodePeers;
  readonly #hearing: NodeHearing;
  readonly #seats: Seats;

  constructor(
    owner: PortsOwner<HostedState, ProtocolMessage, HostedRecord>,
    { protocols, codec, clerks, termsOf }: NodeKind,
    fit: Fit = (ports) => ports,
  ) {
    this.#owner = new NodeOwner(owner);
    const { setting, endpoint } = owner;
    const { federation, plan } = setting;
    const record = nodeRecord(this.#owner, () => this.#seats.current);
    this.chain = new NodeChain(this.#owner, record, plan.whole?.certificates);
    const snapshots = new NodeSnapshots(this.#owner);
    const founding = foundingIn(federation.membership, termsOf?.(endpoint.member));
    this.#book = readBook(founding, this.chain, this.chain.final.slice(1), snapshots.base());
    this.#circle = new CirclePlaces(endpoint.member, plan.members);
    this.#seats = new Seats({
      owner: this.#owner,
      clerks,
      book: this.#book,
      chain: this.chain,
      peers: () => this.#peers,
    });
    const protocolIn = (epoch: Epoch) => this.#book.epoch(epoch)?.terms.protocol;
    this.#peers = new NodePeers({
      owner: this.#owner,
      record,
      circle: this.#circle,
      codec,
      protocols,
      seat: () => this.#seats.current,
      clerk: () => this.#seats.clerk,
      protocolIn,
    });
    const ports = wholeNodePorts({
      ...{ owner: this.#owner, protocols, book: this.#book, chain: this.chain, snapshots },
      ...{ circle: this.#circle, peers: this.#peers, seats: this.#seats },
      meet: (circle) => this.#meet(circle),
      mute: (member) => this.#mute(member),
    });
    this.node = new Node(fit(ports));
    this.#hearing = new NodeHearing({ node: this.node, codec, seat: () => this.#seats.current, protocolIn });
  }

  get membership(): Membership {
    return this.#book.current;
  }

  get waiting(): number {
    return this.node.status().waiting;
  }

  /** The state of a whole node is not watched. */
  readonly state = undefined;

  start(): void {
    this.node.start();
  }

  stop(): void {
    this.#owner.isAlive = false;
    this.node.stop();
  }

  submit(transaction: Transaction): void {
    this.node.submit(transaction);
  }

  peerConnected(node: MemberIndex): void {
    const place = this.#circle.placeOf(node);
    if (place !== undefined) this.node.connected(place);
  }

  receive(node: MemberIndex, envelope: Envelope<ProtocolMessage>): void {
    const from = this.#circle.placeOf(node);
    if (from !== undefined) this.#hearing.receive(from, envelope);
  }

  /** Connects to every new node in the circle, as the gateway does. */
  #meet(circle: Circle): void {
    for (const node of this.#circle.enter(circle)) {
      this.#owner.later(this.#owner.random.int(0, CONNECT_MS_MAX), () => {
        if (this.#owner.setting.isUp(node)) this.peerConnected(node);
      });
    }
  }

  #mute(from: MemberIndex): void {
    const node = this.#circle.nodeAt(from);
    this.#owner.observe((observer) => observer.muted(this.#owner.endpoint.instance, node));
  }
}

/** The membership that the chain starts with, as a node knows it whose version has these protocols. */
function foundingIn(membership: Membership, protocols: FoundingProtocols | undefined): Membership {
  return protocols === undefined ? membership : { ...membership, rules: { ...membership.rules, protocols } };
}
