import type { Height, MemberIndex } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { Progress } from '#libs/protocol/module.ts';
import { comparePositions, type Position, positionBefore } from '#libs/protocol/vote/position.ts';
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
  /**
   * Height of the block that the epoch began on: everybody in the epoch has that block, and the members before signed
   * its certificate.
   */
  readonly rootHeight: Height;
  readonly at: () => Position;
  /** Gives a member in an older view the proofs that its view is over. */
  readonly help: (member: MemberIndex, reported: Progress) => void;
  readonly audit: AuditPort | undefined;
}

/**
 * A message that tells one member at a time, in turn, how far this one is, every ten to fifteen seconds. Members that
 * have nothing to decide are silent otherwise, and a member that missed the last decision would stay behind until the
 * next one. A member that hears of an older height or view than its own answers with proof; a member that hears of a
 * newer one reports its own position, which asks for proof. The heartbeat itself is never believed, and it starts no
 * timer of the protocol. It also carries the head of the audit log of this member's signer, which others keep.
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
  heard({ height, instance, view, asks, audit }: Whereabouts, from: MemberIndex): boolean {
    if (!this.#budget.take(from)) return false;
    if (audit !== undefined) this.#options.audit?.heard(from, audit);
    const { decided, peers, help, at } = this.#options;
    const certificate = decided();
    const reported = { instance, view };
    const ahead = comparePositions(reported, at());
    const isAhead = height > certificate.height || ahead > 0;
    if (isAhead || asks) this.tell(from);
    // A certificate of the epoch before would pass for a false one here; a member of this epoch that claims to lack
    // its block is lying.
    const isOfEpoch = certificate.height > this.#options.rootHeight;
    if (height < certificate.height && isOfEpoch) peers.send(from, { kind: 'decided', certificate });
    // The sender's newest decision is unknown, except that it is older than the sender's view.
    if (ahead < 0) help(from, { at: reported, decided: positionBefore(reported) });
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

  /**
   * Reports how far this member is. A member that is further answers with proof; with `asks`, every receiver
   * reports its own position.
   */
  tell(member: MemberIndex | 'all', asks = false): void {
    const { height } = this.#options.decided();
    const audit = this.#options.audit?.own();
    this.#options.peers.send(member, {
      kind: 'whereabouts',
      height,
      ...this.#options.at(),
      asks,
      audit,
    });
  }

  /**
   * Pauses differ between members and between beats, so that a federation started by one command does not send
   * all its heartbeats at once.
   */
  #pauseMs(): number {
    const turn = (this.#beats + (this.#options.me ?? 0)) * GOLDEN;
    return HEARTBEAT_MS + Math.round((turn % 1) * HEARTBEAT_SPREAD_MS);
  }
}
