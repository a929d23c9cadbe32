import type { BlockLimits } from '#libs/chain/block-rules.ts';
import type { Epoch, MemberIndex } from '#libs/chain/ids.ts';
import { AppendOnlyLog } from '#libs/engine/application/append-only-log.ts';
import type { MembershipBook } from '#libs/engine/membership/membership-book.ts';
import { Node, readBook } from '#libs/engine/node.ts';
import type { Accounts, Circle, EpochPorts, NodePorts } from '#libs/engine/node-ports.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import type { HotStuffState } from '#libs/protocol/hotstuff/state.ts';
import type { NamedTransaction } from '../chain/named-transaction.ts';
import { memberFactsOf } from '../federation/federation.ts';
import { timerPort } from '../member/ports.ts';
import type { PortsOwner } from '../member/ports-owner.ts';
import type { Process } from '../member/process.ts';
import type { Envelope } from '../network/network.ts';
import { CirclePlaces } from './circle-places.ts';
import type { Clerk } from './clerk.ts';
import { clerkOf } from './clerks.ts';
import { NodeChain } from './node-chain.ts';
import { nodeClock } from './node-clock.ts';
import { filesOf } from './node-files.ts';
import { nodeFinal, nodeMonitor } from './node-monitor.ts';
import { EpochSeat, NodeOwner } from './node-owner.ts';
import { isProtocol, NodePeers } from './node-peers.ts';
import { nodeSigner } from './node-signer.ts';
import { NodeSnapshots } from './node-snapshots.ts';
import { nodeStore } from './node-store.ts';
import { nodeVerifier } from './node-verifier.ts';
import { carried, responseOf } from './peer-codec.ts';
import { seatActor } from './seat-actor.ts';

const CONNECT_MS_MAX = 30;

/** Room for votes, which name all who join, and for evidence. */
const NODE_LIMITS: BlockLimits = { transactionsMax: 8, bytesMax: 65_536, transactionBytesMax: 16_384 };

/** The node of production (libs/engine/node.ts) over a simulated world. */
export class WholeNode implements Process<HotStuffState, HotStuffMessage> {
  readonly #owner: NodeOwner;
  readonly #book: MembershipBook;
  readonly #circle: CirclePlaces;
  readonly #chain: NodeChain;
  readonly #peers: NodePeers;
  readonly #node: Node;
  #seat: EpochSeat;
  #clerk: Clerk | undefined;

  constructor(owner: PortsOwner<HotStuffState, HotStuffMessage, SafetyRecord>) {
    this.#owner = new NodeOwner(owner);
    const { setting, disk, endpoint } = owner;
    const { federation, plan } = setting;
    this.#chain = new NodeChain(
      this.#owner,
      nodeStore(this.#owner, () => this.#seat),
    );
    const blocks = disk.chain.slice(1).flatMap((digest) => disk.blocks.get(digest)?.block ?? []);
    const snapshots = new NodeSnapshots(this.#owner);
    this.#book = readBook(federation.membership, this.#chain, blocks, snapshots.base());
    this.#circle = new CirclePlaces(endpoint.member, plan.members);
    this.#seat = this.#newSeat(this.#book.current);
    this.#peers = new NodePeers({
      owner: this.#owner,
      circle: this.#circle,
      seat: () => this.#seat,
      clerk: () => this.#clerk,
    });
    this.#node = new Node(this.#ports(snapshots));
  }

  #ports(snapshots: NodeSnapshots): NodePorts {
    const { setting, disk, endpoint } = this.#owner;
    const { federation, plan, schedule } = setting;
    const { chain, protocol } = federation.founding.scope;
    const snapshotBlocks = plan.whole?.snapshotBlocks ?? 0;
    return {
      name: memberFactsOf(endpoint.member).name,
      rules: {
        scope: { chain, protocol },
        limits: NODE_LIMITS,
        timing: setting.timing,
        founders: plan.members,
        leaderOf: () => this.#seat.setting.leader,
        module: setting.subject.module,
      },
      book: this.#book,
      record: disk.record,
      chain: this.#chain,
      application: new AppendOnlyLog(this.#chain),
      snapshots,
      snapshotBlocks: snapshotBlocks === 0 ? undefined : snapshotBlocks,
      evidence: filesOf(disk),
      peers: this.#peers,
      guests: this.#circle.named,
      meet: (circle) => this.#meet(circle),
      clock: nodeClock(this.#owner),
      steadyMs: () => schedule.nowMs,
      monitor: nodeMonitor({
        owner: this.#owner,
        book: this.#book,
        seat: () => this.#seat,
        nodeAt: (place) => this.#nodeAt(place),
      }),
      final: nodeFinal(this.#owner),
      joined: () => this.#owner.note('takes part in views'),
      muted: (member) => this.#mute(member),
      heard: (from, body) => this.#heard(from, body),
      enterEpoch: (membership, accounts) => this.#enterEpoch(membership, accounts),
    };
  }

  get membership(): Membership {
    return this.#book.current;
  }

  get waiting(): number {
    return this.#node.status().waiting;
  }

  /** Of whole nodes it is not watched. */
  readonly state = undefined;

  start(): void {
    this.#node.start();
  }

  stop(): void {
    this.#owner.isAlive = false;
    this.#node.stop();
  }

  submit({ bytes }: NamedTransaction): void {
    this.#node.submit(bytes);
  }

  peerConnected(node: MemberIndex): void {
    const place = this.#circle.placeOf(node);
    if (place !== undefined) this.#node.connected(place);
  }

  receive(node: MemberIndex, envelope: Envelope<HotStuffMessage>): void {
    const from = this.#circle.placeOf(node);
    if (from === undefined || !this.#node.hears(from)) return;
    switch (envelope.kind) {
      case 'protocol':
        this.#seat.actor?.incoming?.(from, envelope.message);
        return this.#read(from, envelope.message, envelope.epoch);
      case 'peer':
        // Liars too say what whole nodes say: it was typed where it was made.
        return this.#read(from, envelope.body as PeerMessageBody, envelope.epoch);
      case 'bytes': {
        const decoded = this.#seat.setting.subject.codec?.decode(envelope.bytes) ?? MALFORMED;
        const read = decoded.ok ? ({ ok: true, body: decoded.message } as const) : { ...decoded, detail: '' };
        return this.#node.hear(from, read);
      }
      case 'blocks':
        for (const block of envelope.blocks) this.#read(from, responseOf(block), this.#node.epoch);
        return;
      case 'transactions': {
        const transactions = envelope.transactions.map(({ bytes }) => bytes);
        return this.#read(from, { kind: 'transactions', transactions }, this.#node.epoch);
      }
      case 'block-request':
        return; // Replicas without a node around them say this.
    }
  }

  /** As `services/consensus/adapters/gateway-link.ts`: by the codec and the rules of production. */
  #read(from: MemberIndex, body: PeerMessageBody, saidIn: Epoch): void {
    this.#node.hear(from, carried(body, saidIn, this.#node.epoch));
  }

  #heard(from: MemberIndex, body: PeerMessageBody): void {
    const claim = isProtocol(body) ? this.#seat.setting.subject.ownClaim(body) : undefined;
    if (claim !== undefined) this.#seat.observe((observer) => observer.heard(from, claim));
  }

  #enterEpoch(membership: Membership, { guard, onMuted }: Accounts): EpochPorts {
    const owner = this.#owner;
    const seat = this.#newSeat(membership);
    this.#seat = seat;
    this.#clerk = clerkOf({ owner, seat, book: this.#book, peers: () => this.#peers });
    seat.actor = seatActor({ owner, seat, peers: this.#peers, clerk: this.#clerk });
    owner.note(`epoch ${membership.epoch} with ${membership.set.members.map(({ name }) => name).join(' ')}`);
    return {
      timers: timerPort(seat),
      signer: nodeSigner({ owner, seat, chain: this.#chain, book: this.#book }),
      verifierOf: (facts) => {
        const epoch = owner.setting.federation.epochOf({ ...facts, chain: membership.chain });
        return nodeVerifier({ seat, epoch, guard, onMuted });
      },
    };
  }

  /** Whoever is new in the circle is connected to, as the gateway does. */
  #meet(circle: Circle): void {
    for (const node of this.#circle.enter(circle)) {
      this.#owner.later(this.#owner.random.int(0, CONNECT_MS_MAX), () => {
        if (this.#owner.setting.isUp(node)) this.peerConnected(node);
      });
    }
  }

  #newSeat(membership: Membership): EpochSeat {
    return new EpochSeat(this.#owner, this.#owner.setting.federation.epochOf(membership));
  }

  #mute(from: MemberIndex): void {
    const node = this.#nodeAt(from);
    this.#owner.observe((observer) => observer.muted(this.#owner.endpoint.instance, node));
  }

  #nodeAt(place: MemberIndex): MemberIndex {
    return this.#circle.nodes[place] ?? place;
  }
}

const MALFORMED = { ok: false, cause: 'malformed' } as const;
