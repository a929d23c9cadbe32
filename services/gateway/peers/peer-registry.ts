import { toHex } from '#libs/bytes/hex.ts';
import { FRAME_BYTES_MAX } from '../core/limits.ts';
import type { PeerBookEntry } from '../core/peer-book.ts';
import type { HostShare } from '../core/share-of-host.ts';
import type { TrafficClass } from '../core/traffic-class.ts';
import { keptPayload } from '../frames/rules/framing.ts';
import type { GatewayConfiguration } from '../ports/configuration.ts';
import { DialBudget } from './dial-budget.ts';
import type { Peer } from './peer.ts';
import { PeerComplaints } from './peer-complaints.ts';
import { PeerLists } from './peer-lists.ts';
import type { PeerRegistryOptions } from './peer-registry-options.ts';
import { PeerReports } from './peer-reports.ts';
import type { PeerSurroundings } from './peer-surroundings.ts';
import { PeerTable } from './peer-table.ts';
import type { PeerView } from './peer-view.ts';
import { type ChainView, isSameFor } from './rules/chain-view.ts';
import { SendOrder } from './rules/send-order.ts';

/** All peers of this gateway, and the rules for connections of strangers. */
export class PeerRegistry {
  readonly #options: PeerRegistryOptions;
  readonly #self: string;
  readonly #table: PeerTable;
  readonly #reports: PeerReports;
  readonly #complaints: PeerComplaints;
  readonly #budget = new DialBudget(() => performance.now());
  readonly #lists = new PeerLists();
  readonly #order: SendOrder<Peer>;
  #times = { connectionTimeoutMs: 0, delinquentTimeoutMs: 0 };
  #chain: ChainView | undefined;

  constructor(options: PeerRegistryOptions) {
    this.#options = options;
    this.#self = toHex(options.network.publicKey);
    this.#order = new SendOrder(options.random);
    this.#complaints = new PeerComplaints(options.log);
    this.#reports = new PeerReports({ ...options, onCameBack: () => this.#hurryOthers() });
    this.#table = new PeerTable({
      peerIdOf: options.peerIdOf,
      surroundings: this.#surroundings(),
      onAdded: options.onPeerAdded,
    });
  }

  /** Our own raw public key as lower-case hex. */
  get self(): string {
    return this.#self;
  }

  /** Frames dropped because a peer was away or slow, since the start. */
  get dropped(): number {
    return this.#reports.dropped;
  }

  /** Peers whose connection is up. */
  get connectedCount(): number {
    return this.#table.all.filter(({ connection }) => connection !== undefined).length;
  }

  /** Keys of the peers that frames can be sent to. */
  get readyKeys(): readonly string[] {
    return [...this.#reports.ready];
  }

  /** Faults of peers since the start, by cause. */
  get complaints(): ReadonlyMap<string, number> {
    return this.#complaints.counts;
  }

  /** Keys of all members of the chain; undefined while it is unknown. */
  get members(): ReadonlySet<string> | undefined {
    return this.#chain?.members;
  }

  views(): readonly PeerView[] {
    return this.#table.views();
  }

  peer(key: string): Peer | undefined {
    return this.#table.get(key);
  }

  /** Puts a configuration in force; connections of peers that stay are not touched. */
  async apply(configuration: GatewayConfiguration): Promise<void> {
    const { connectionTimeoutMs, delinquentTimeoutMs } = configuration;
    this.#times = { connectionTimeoutMs, delinquentTimeoutMs };
    this.#lists.configure(configuration.peers);
    await this.#update();
  }

  /** Takes the learned peers, in place of the previous ones. */
  async learn(learned: readonly PeerBookEntry[]): Promise<void> {
    this.#lists.learn(learned);
    await this.#update();
  }

  /** Takes the chain from consensus. Peers that were met under another chain or another membership are met anew. */
  async setChain(chain: ChainView): Promise<void> {
    const before = this.#chain;
    this.#chain = chain;
    await this.#update();
    for (const peer of this.#table.all) {
      if (isSameFor(peer.key, before, chain)) peer.onChain();
      else peer.reconnect('the chain or its members changed');
    }
  }

  /** Sends a frame to some peers, or to all members when `to` is empty. Those that are away count as dropped frames. */
  send(to: readonly string[], trafficClass: TrafficClass, payload: Uint8Array): void {
    if (payload.length > FRAME_BYTES_MAX[trafficClass]) {
      return this.refuseOwnFrame('frame of our own consensus is too large, it is dropped');
    }
    const kept = keptPayload(payload);
    for (const peer of this.#receivers(to)) peer.send(trafficClass, kept);
  }

  /** Whether an address of some peer names this host, or the last look-up of a peer's name led there. */
  isPeerHost(host: HostShare): boolean {
    return this.#table.hosts.has(host) || this.#options.resolver.hasAnswered(host);
  }

  /** Counts and logs a forbidden request of our own consensus. */
  refuseOwnFrame(cause: string): void {
    this.#reports.onDropped(1);
    this.complain(this.#self, cause);
  }

  /** Consensus wants nothing of a peer for a while. */
  mute(key: string, durationMs: number): void {
    this.complain(key, 'peer is not read for a while, as consensus asks');
    this.#table.get(key)?.mute(durationMs);
  }

  /** Consensus made room for more from a peer. */
  resume(key: string, trafficClass: TrafficClass): void {
    this.#table.get(key)?.resume(trafficClass);
  }

  /** Our own network changed: all connected peers must answer soon, all others are dialled. */
  onNetworkChange(): void {
    this.#options.log.info('addresses of this machine changed, connections are checked');
    for (const peer of this.#table.all) peer.suspect();
  }

  /** Counts a fault of a peer, and logs it once per cause and peer. */
  complain(key: string, cause: string): void {
    this.#complaints.note(cause, key);
  }

  /** Closes all connections, and logs the faults of peers since the start. */
  async stop(): Promise<void> {
    this.#complaints.sumUp();
    await this.#table.stop();
  }

  #update(): Promise<void> {
    return this.#table.update({
      ...this.#lists.sources,
      members: this.#chain?.members,
      self: this.#self,
    });
  }

  /** A key that no peer has counts as a dropped frame. */
  #receivers(to: readonly string[]): readonly Peer[] {
    if (to.length === 0) return this.#order.next(this.#table.all).filter(({ isMember }) => isMember);
    const peers = to.flatMap((key) => this.#table.get(key) ?? []);
    if (peers.length < to.length) this.#reports.onDropped(to.length - peers.length);
    return peers;
  }

  #surroundings(): PeerSurroundings {
    return {
      ...this.#options,
      self: this.#self,
      chain: () => this.#chain,
      connectionTimeoutMs: () => this.#times.connectionTimeoutMs,
      delinquentTimeoutMs: () => this.#times.delinquentTimeoutMs,
      bookDialMs: (isPatient) => this.#budget.bookMs(isPatient),
      complain: (peer, cause) => this.complain(peer, cause),
      events: this.#reports,
    };
  }

  /** A peer came back: the obstacle that kept it away may have kept others away (P2P-16). */
  #hurryOthers(): void {
    if (!this.#budget.mayHurry()) return;
    for (const peer of this.#table.all) peer.hurry();
  }
}
