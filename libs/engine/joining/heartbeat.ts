import type { Height, MemberIndex, View } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { Progress } from '#libs/protocol/module.ts';
import type { AuditPort, ClockPort, PeerPort } from '../ports/engine-ports.ts';
import type { Whereabouts } from '../ports/peer-message.ts';
import { SecondBudget } from '../timing/second-budget.ts';
import { HEARTBEAT_MS, HEARTBEAT_SPREAD_MS, WHEREABOUTS_PER_SECOND_MAX } from './joining-limits.ts';

/** Fraction of the golden ratio: its multiples spread over 0 to 1 without clusters. */
const GOLDEN = 0.618_033_988_75;

export interface HeartbeatOptions {
  readonly me: MemberIndex | undefined;
  readonly peers: PeerPort;
  readonly clock: ClockPort;
  /** The newest decision of this member. */
  readonly decided: () => QuorumCertificate;
  /** Height that the epoch began on: everybody in it has that, and what decided it is signed by the members before. */
  readonly rootHeight: Height;
  readonly view: () => View;
  /** Gives a member in an older view the proofs that its view is over. */
  readonly help: (member: MemberIndex, reported: Progress) => void;
  readonly audit: AuditPort | undefined;
}

/**
 * Tells one member at a time, in turn, how far this one is, every ten to fifteen seconds. Members that have nothing to
 * decide say nothing else, and one that missed the last decision would stay behind until the next. Whoever hears of an
 * older height or view answers with proof; whoever hears of a newer one asks by saying its own. Nothing here is
 * believed, and no timer of the protocol starts. With it goes the end of the audit log of this member's signer, which
 * others keep.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #budget: SecondBudget;
  #told: MemberIndex | undefined;
  #beats = 0;
  #cancel: (() => void) | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#told = options.me;
    this.#budget = new SecondBudget(options.clock, WHEREABOUTS_PER_SECOND_MAX);
  }

  start(): void {
    this.#cancel = this.#options.clock.after(this.#pauseMs(), () => this.#beat());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** @returns false when the member says it too often; nothing is answered then. */
  heard({ height, view, asks, audit }: Whereabouts, from: MemberIndex): boolean {
    if (!this.#budget.take(from)) return false;
    if (audit !== undefined) this.#options.audit?.heard(from, audit);
    const { decided, peers, help } = this.#options;
    const certificate = decided();
    const isAhead = height > certificate.height || view > this.#options.view();
    if (isAhead || asks) this.tell(from);
    // A certificate of the epoch before would pass for a false one here; who lacks what it decides is lying.
    const isOfEpoch = certificate.height > this.#options.rootHeight;
    if (height < certificate.height && isOfEpoch) peers.send(from, { kind: 'certificate', certificate });
    // Of its decisions no more is known than that none is as new as its view.
    if (view < this.#options.view()) help(from, { view, decided: (view - 1n) as View });
    return true;
  }

  #beat(): void {
    this.#beats += 1;
    this.start();
    const { peers, me } = this.#options;
    const others = peers.connected().filter((peer) => peer !== me);
    const next = others.find((peer) => peer > (this.#told ?? 0)) ?? others[0];
    if (next === undefined) return;
    this.#told = next;
    this.tell(next);
  }

  /** Says how far this member is; whoever is further answers with proof, and whoever is asked says the same. */
  tell(member: MemberIndex | 'all', asks = false): void {
    const { height } = this.#options.decided();
    const audit = this.#options.audit?.own();
    this.#options.peers.send(member, {
      kind: 'whereabouts',
      height,
      view: this.#options.view(),
      asks,
      audit,
    });
  }

  /** Members differ, and so do beats, so that a federation started by one command does not speak in chorus. */
  #pauseMs(): number {
    const turn = (this.#beats + (this.#options.me ?? 0)) * GOLDEN;
    return HEARTBEAT_MS + Math.round((turn % 1) * HEARTBEAT_SPREAD_MS);
  }
}
