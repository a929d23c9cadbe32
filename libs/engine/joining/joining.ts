import type { MemberIndex } from '#libs/chain/ids.ts';
import { type ValidatorSet, weightOf } from '#libs/protocol/validator-set.ts';
import { comparePositions, type Position } from '#libs/protocol/vote/position.ts';
import type { SignerPort } from '#libs/replica/ports.ts';
import type { ClockPort, PeerPort } from '../ports/engine-ports.ts';
import type { Whereabouts } from '../ports/peer-message.ts';
import { JOIN_ASK_MS, JOIN_WAIT_MS } from './joining-limits.ts';

export interface JoiningOptions {
  readonly me: MemberIndex | undefined;
  readonly set: ValidatorSet;
  readonly signer: SignerPort;
  readonly peers: Pick<PeerPort, 'connected'>;
  readonly clock: Pick<ClockPort, 'after'>;
  /** The position of this member; it rises only by proof. */
  readonly at: () => Position;
  /** Says how far this member is, and asks the other to say the same. */
  readonly ask: (member: MemberIndex) => void;
  /** This member signs from now on. */
  readonly onJoined: () => void;
}

/** Highest view of the next height in which a member is one view further: heights begin with view 0 or 1. */
const NEXT_VIEW = 1n;

/**
 * Keeps a member that has just started from signing before others are within one view of it (RULES.md C.7, A.45). The
 * member first catches up: so a folder that was set back, or runs twice, is found out by its own signatures in the
 * messages of others before it adds another. Reports suffice when at least one of their senders must be honest: f + 1
 * of them. A member that claims a higher view counts once its proof brought this member there, so that lies keep
 * nobody out. Silence of the others, once one is heard, keeps this member out for a limited time only.
 */
export class Joining implements SignerPort {
  readonly #options: JoiningOptions;
  readonly #heard = new Map<MemberIndex, Position>();
  #held: (() => void)[] = [];
  #isOpen: boolean;
  /** The waiting requests are being passed to the signer now. */
  #isOpening = false;
  /** Questions since the first voice. */
  #asks = 0;
  #cancel: (() => void) | undefined;

  /** @param hasJoined - This process did before, in an earlier epoch. */
  constructor(options: JoiningOptions, hasJoined: boolean) {
    this.#options = options;
    const { me, set } = options;
    const isAlone = me !== undefined && weightOf(set, [me]) === set.totalWeight;
    this.#isOpen = hasJoined || isAlone;
  }

  start(): void {
    if (this.#isOpen || this.#options.me === undefined) return;
    this.#cancel = this.#options.clock.after(JOIN_ASK_MS, () => {
      if (this.#near().length > 0) this.#asks += 1;
      this.#look();
      this.start();
    });
    for (const peer of this.#options.peers.connected()) this.met(peer);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#held = [];
  }

  /** A member is connected: it is asked until it is within one view. */
  met(peer: MemberIndex): void {
    const { me, set, ask } = this.#options;
    if (this.#isOpen || me === undefined || set.members[peer] === undefined || peer === me) return;
    if (!this.#isNear(peer)) ask(peer);
  }

  heard({ instance, view }: Whereabouts, from: MemberIndex): void {
    const { me, set } = this.#options;
    if (this.#isOpen || set.members[from] === undefined || from === me) return;
    this.#heard.set(from, { instance, view });
    this.#look();
  }

  sign(...[statement, grounds, done]: Parameters<SignerPort['sign']>): void {
    const { signer, at } = this.#options;
    if (this.#isOpen) return signer.sign(statement, grounds, done);
    this.#held.push(() => {
      // Messages of others have since ended the view of the statement: a signature is of no use now, and the record
      // has the statement.
      if (comparePositions(statement, at()) < 0) done({ kind: 'over' });
      else signer.sign(statement, grounds, done);
    });
    this.#look();
  }

  #isNear(peer: MemberIndex): boolean {
    const position = this.#heard.get(peer);
    return position !== undefined && isWithinOneView(position, this.#options.at());
  }

  #near(): readonly MemberIndex[] {
    return [...this.#heard.keys()].filter((peer) => this.#isNear(peer));
  }

  #look(): void {
    if (this.#isOpen || this.#isOpening) return;
    const { set, onJoined } = this.#options;
    const near = this.#near();
    const isEnough = weightOf(set, near) >= set.quorum.oneHonestWeight;
    const hasWaited = near.length > 0 && this.#asks * JOIN_ASK_MS >= JOIN_WAIT_MS;
    if (!isEnough && !hasWaited) return;
    this.#isOpening = true;
    onJoined();
    // Requests that the replica makes while these are answered queue behind them, so that no vote of a view follows
    // its timeout.
    for (let next = this.#held.shift(); next !== undefined; next = this.#held.shift()) next();
    this.#isOpen = true;
    this.stop();
  }
}

/** Whether a position is one view above `own` at most: of its instance, or one of the first of the next. */
function isWithinOneView({ instance, view }: Position, own: Position): boolean {
  if (instance === own.instance + 1n) return view <= NEXT_VIEW;
  return instance < own.instance || (instance === own.instance && view <= own.view + 1n);
}
