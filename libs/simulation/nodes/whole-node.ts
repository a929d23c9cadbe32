import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import { AppendOnlyLog } from '#libs/engine/application/append-only-log.ts';
import type { MembershipBook } from '#libs/engine/membership/membership-book.ts';
import { Node, readBook } from '#libs/engine/node.ts';
import type { Circle, NodePorts } from '#libs/engine/node-ports.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import type { HotStuffState } from '#libs/protocol/hotstuff/state.ts';
import { memberFactsOf } from '../federation/federation.ts';
import type { PortsOwner } from '../member/ports-owner.ts';
import type { Process } from '../member/process.ts';
import type { Envelope } from '../network/network.ts';
import { CirclePlaces } from './circle-places.ts';
import { NodeChain } from './node-chain.ts';
import { nodeClock } from './node-clock.ts';
import { filesOf } from './node-files.ts';
import { NodeHearing, noteClaim } from './node-hearing.ts';
import { nodeFinal, nodeMonitor } from './node-monitor.ts';
import { NodeOwner } from './node-owner.ts';
import { NodePeers } from './node-peers.ts';
import { nodeRules } from './node-rules.ts';
import { NodeSnapshots } from './node-snapshots.ts';
import { nodeStore } from './node-store.ts';
import { Seats } from './seats.ts';

const CONNECT_MS_MAX = 30;

/** Changes the ports of a node before it is made: for tests, which look over its shoulder or speak in its place. */
export type Fit = (ports: NodePorts) => NodePorts;

/** The node of production (libs/engine/node.ts) over a simulated world. */
export class WholeNode implements Process<HotStuffState, HotStuffMessage> {
  readonly node: Node;
  readonly chain: NodeChain;
  readonly #owner: NodeOwner;
  readonly #book: MembershipBook;
  readonly #circle: CirclePlaces;
  readonly #peers: NodePeers;
  readonly #hearing: NodeHearing;
  readonly #seats: Seats;

  constructor(owner: PortsOwner<HotStuffState, HotStuffMessage, SafetyRecord>, fit: Fit = (ports) => ports) {
    this.#owner = new NodeOwner(owner);
    const { setting, endpoint } = owner;
    const { federation, plan } = setting;
    this.chain = new NodeChain(
      this.#owner,
      nodeStore(this.#owner, () => this.#seats.current),
    );
    const snapshots = new NodeSnapshots(this.#owner);
    this.#book = readBook(federation.membership, this.chain, this.chain.final.slice(1), snapshots.base());
    this.#circle = new CirclePlaces(endpoint.member, plan.members);
    this.#seats = new Seats(this.#owner, this.#book, this.chain, () => this.#peers);
    this.#peers = new NodePeers({
      owner: this.#owner,
      circle: this.#circle,
      seat: () => this.#seats.current,
      clerk: () => this.#seats.clerk,
    });
    this.node = new Node(fit(this.#ports(snapshots)));
    this.#hearing = new NodeHearing(this.node, () => this.#seats.current);
  }

  #ports(snapshots: NodeSnapshots): NodePorts {
    const { setting, disk, endpoint } = this.#owner;
    const { plan, schedule } = setting;
    const snapshotBlocks = plan.whole?.snapshotBlocks ?? 0;
    return {
      name: memberFactsOf(endpoint.member).name,
      rules: nodeRules(setting, () => this.#seats.current),
      book: this.#book,
      record: disk.record,
      chain: this.chain,
      application: new AppendOnlyLog(this.chain),
      snapshots,
      snapshotBlocks: snapshotBlocks === 0 ? undefined : snapshotBlocks,
      evidence: filesOf(disk),
      peers: this.#peers,
      guests: this.#circle.named,
      meet: (circle) => this.#meet(circle),
      clock: nodeClock(this.#owner),
      steadyMs: () => schedule.nowMs,
      final: nodeFinal(this.#owner),
      monitor: nodeMonitor({
        owner: this.#owner,
        book: this.#book,
        seat: () => this.#seats.current,
        nodeAt: (place) => this.#circle.nodeAt(place),
      }),
      joined: () => this.#owner.note('takes part in views'),
      muted: (member) => this.#mute(member),
      heard: (from, body) => noteClaim(this.#seats.current, from, body),
      enterEpoch: (membership, accounts) => this.#seats.enter(membership, accounts),
    };
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

  receive(node: MemberIndex, envelope: Envelope<HotStuffMessage>): void {
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
