import type { Epoch, MemberIndex } from '#libs/chain/ids.ts';
import type { Engine } from '#libs/engine/engine.ts';
import { Epochs } from '#libs/engine/epochs.ts';
import { LateReports } from '#libs/engine/joining/late-reports.ts';
import { MembershipBook } from '#libs/engine/membership/membership-book.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { Mempool } from '#libs/engine/transactions/mempool.ts';
import { mempoolLimits } from '#libs/engine/transactions/mempool-limits.ts';
import type { Membership } from '#libs/membership/membership.ts';
import { isMembershipVote } from '#libs/membership/vote.ts';
import { isEvidence } from '#libs/protocol/evidence-codec.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import type { HotStuffState } from '#libs/protocol/hotstuff/state.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import { PeerGuard } from '#libs/replica/peer-guard.ts';
import type { NamedTransaction } from '#libs/simulation/chain/named-transaction.ts';
import type { PortsOwner } from '#libs/simulation/member/ports-owner.ts';
import type { Process } from '#libs/simulation/member/process.ts';
import type { Envelope } from '#libs/simulation/network/network.ts';
import { dispatch, type PeerListener } from '#services/consensus/adapters/wire/dispatch.ts';
import { carried, responseOf } from '../wire-codec.ts';
import { CirclePlaces } from './circle-places.ts';
import { type Clerk, clerkOf } from './clerks.ts';
import { NodeChain } from './node-chain.ts';
import { NODE_LIMITS, nodeClock, nodeEngine } from './node-engine.ts';
import { EpochSeat, NodeOwner } from './node-owner.ts';
import { isProtocol, NodePeers } from './node-peers.ts';
import { NodeSnapshots } from './node-snapshots.ts';
import { nodeStore } from './node-store.ts';
import { seatActor } from './seat-actor.ts';

const CONNECT_MS_MAX = 30;

/** A process of consensus as `services/consensus/member.ts` puts it together, over a simulated world. */
export class WholeNode implements Process<HotStuffState, HotStuffMessage> {
  readonly #owner: NodeOwner;
  readonly #book: MembershipBook;
  readonly #circle: CirclePlaces;
  readonly #chain: NodeChain;
  readonly #peers: NodePeers;
  readonly #mempool: Mempool;
  readonly #epochs: Epochs;
  #restored: SafetyRecord | undefined;
  #hasJoined = false;
  #guard: PeerGuard;
  #lateReports: LateReports;
  #seat: EpochSeat;
  #clerk: Clerk | undefined;
  /** Whom this node met so far. */
  #met: readonly MemberIndex[];
  readonly #listener: PeerListener = {
    hearsReport: (from, view) => this.#lateReports.hears(from, view, this.#epochs.protocol().view),
    received: (from, body) => this.#hear(from, body),
    otherEpoch: (from, epoch) => this.#epochs.otherEpoch(from, epoch),
    refused: (from, cause) => this.#refused(from, cause),
  };

  constructor(owner: PortsOwner<HotStuffState, HotStuffMessage, SafetyRecord>) {
    this.#owner = new NodeOwner(owner);
    const { setting, disk, endpoint } = owner;
    const { federation, plan } = setting;
    this.#chain = new NodeChain(
      this.#owner,
      nodeStore(this.#owner, () => this.#seat),
    );
    const blocks = disk.chain.slice(1).flatMap((digest) => disk.blocks.get(digest)?.block ?? []);
    this.#book = new MembershipBook(
      federation.membership,
      this.#chain,
      blocks,
      new NodeSnapshots(this.#owner).base(),
    );
    this.#circle = new CirclePlaces(this.#book, endpoint.member, plan.members);
    this.#restored = disk.record;
    this.#mempool = new Mempool(mempoolLimits(NODE_LIMITS, plan.members), (hash) =>
      this.#chain.isCommitted(hash),
    );
    this.#seat = this.#newSeat(this.#book.current);
    this.#guard = this.#newGuard();
    this.#lateReports = new LateReports(nodeClock(this.#owner));
    this.#met = this.#circle.nodes;
    this.#peers = new NodePeers({
      owner: this.#owner,
      circle: this.#circle,
      seat: () => this.#seat,
      clerk: () => this.#clerk,
    });
    this.#epochs = new Epochs({
      book: this.#book,
      chain: this.#chain,
      peers: this.#peers,
      clock: nodeClock(this.#owner),
      engineOf: (membership, ended) => this.#engineOf(membership, ended),
    });
  }

  get membership(): Membership {
    return this.#book.current;
  }

  get waiting(): number {
    return this.#mempool.size;
  }

  /** Of whole nodes it is not watched. */
  readonly state = undefined;

  start(): void {
    this.#epochs.start();
  }

  stop(): void {
    this.#owner.isAlive = false;
    this.#epochs.stop();
  }

  submit({ bytes }: NamedTransaction): void {
    this.#epochs.submit(bytes);
  }

  peerConnected(node: MemberIndex): void {
    const place = this.#circle.placeOf(node);
    if (place !== undefined) this.#epochs.peerConnected(place);
  }

  receive(node: MemberIndex, envelope: Envelope<HotStuffMessage>): void {
    const from = this.#circle.placeOf(node);
    if (from === undefined || this.#guard.isMuted(from)) return;
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
        return dispatch(from, read, this.#listener);
      }
      case 'blocks':
        for (const block of envelope.blocks) this.#read(from, responseOf(block), this.#epochs.epoch);
        return;
      case 'transactions': {
        const transactions = envelope.transactions.map(({ bytes }) => bytes);
        return this.#read(from, { kind: 'transactions', transactions }, this.#epochs.epoch);
      }
      case 'block-request':
        return; // Replicas without a node around them say this.
    }
  }

  /** As `services/consensus/adapters/gateway-link.ts`: by the codec and the rules of production. */
  #read(from: MemberIndex, body: PeerMessageBody, saidIn: Epoch): void {
    dispatch(from, carried(body, saidIn, this.#epochs.epoch), this.#listener);
  }

  #hear(from: MemberIndex, body: PeerMessageBody): void {
    const claim = isProtocol(body) ? this.#seat.setting.subject.ownClaim(body) : undefined;
    if (claim !== undefined) this.#seat.observe((observer) => observer.heard(from, claim));
    this.#epochs.receive(from, body);
  }

  #engineOf(membership: Membership, ended: () => void): Engine {
    const { epoch } = membership;
    this.#seat = this.#newSeat(membership);
    this.#guard = this.#newGuard();
    this.#lateReports = new LateReports(nodeClock(this.#owner));
    this.#clerk = clerkOf({
      owner: this.#owner,
      seat: this.#seat,
      book: this.#book,
      peers: () => this.#peers,
    });
    this.#seat.actor = seatActor({
      owner: this.#owner,
      seat: this.#seat,
      peers: this.#peers,
      clerk: this.#clerk,
    });
    this.#enterEpoch(membership);
    const restored = this.#restored?.epoch === epoch ? this.#restored : undefined;
    this.#restored = undefined;
    return nodeEngine({
      owner: this.#owner,
      seat: this.#seat,
      membership,
      restored,
      ended,
      hasJoined: this.#hasJoined,
      joined: () => {
        this.#hasJoined = true;
        this.#owner.note('takes part in views');
      },
      book: this.#book,
      chain: this.#chain,
      mempool: this.#mempool,
      peers: this.#peers,
      guard: this.#guard,
      onMuted: (member) => this.#mute(member),
      refused: (from, cause) => this.#refused(from, cause),
      final: () => this.#meet(),
    });
  }

  /** What waits for a block of the epoch before is dropped, and whoever gave the rest has another place. */
  #enterEpoch({ epoch, set }: Membership): void {
    this.#owner.note(`epoch ${epoch} with ${set.members.map(({ name }) => name).join(' ')}`);
    this.#meet();
    const before = epoch === 0n ? undefined : this.#book.epoch((epoch - 1n) as Epoch);
    if (before === undefined) return;
    const placeOf = (name: string | undefined) => set.members.find((member) => member.name === name)?.index;
    const isOver = (bytes: Uint8Array) => isEvidence(bytes) || isMembershipVote(bytes);
    this.#mempool.enterEpoch(isOver, (member) => placeOf(before.set.members[member]?.name) ?? 'client');
  }

  /** Whoever is new in the circle is connected to, as the gateway does. */
  #meet(): void {
    const { nodes } = this.#circle;
    if (nodes === this.#met) return;
    const fresh = nodes.filter((node) => !this.#met.includes(node));
    this.#met = nodes;
    for (const node of fresh) {
      this.#owner.later(this.#owner.random.int(0, CONNECT_MS_MAX), () => {
        if (this.#owner.setting.isUp(node)) this.peerConnected(node);
      });
    }
  }

  #newSeat(membership: Membership): EpochSeat {
    return new EpochSeat(this.#owner, this.#owner.setting.federation.epochOf(membership));
  }

  #newGuard(): PeerGuard {
    const { schedule } = this.#owner.setting;
    return new PeerGuard(this.#seat.epoch.nodes.length, () => schedule.nowMs);
  }

  /** As `services/consensus/member.ts`: what is refused for want of room, or verified, has its own account. */
  #refused(from: MemberIndex, cause: RefusalCause): void {
    const node = this.#circle.nodes[from] ?? from;
    this.#owner.note(`refused ${cause} of ${node}`);
    this.#owner.observe((observer) => observer.turnedAway(this.#owner.endpoint.instance, node, cause));
    if (cause === 'overloaded' || cause === 'bad-signature') return;
    if (this.#guard.uselessMessage(from)) this.#mute(from);
  }

  #mute(from: MemberIndex): void {
    const node = this.#circle.nodes[from] ?? from;
    this.#owner.observe((observer) => observer.muted(this.#owner.endpoint.instance, node));
  }
}

const MALFORMED = { ok: false, cause: 'malformed' } as const;
