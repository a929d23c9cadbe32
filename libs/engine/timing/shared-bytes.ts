import type { MemberIndex } from '#libs/chain/ids.ts';
import type { ClockPort } from '../ports/engine-ports.ts';

const SECOND_MS = 1_000;

interface SharedBytesOptions {
  /** Bytes that each member may have however much others take. */
  readonly eachMin: number;
  /** Bytes of all members together, up to which a member may have more than that. */
  readonly allMax: number;
}

/**
 * Bytes that members are given in a second, by one budget of all. A member may have more than its own part only while it has had less
 * than is left (the dynamic threshold of Choudhury and Hahne, as in the mempool): however much members take, each leaves as much again.
 * Members are few and known, so the size of the map is bounded by the set.
 */
export class SharedBytes {
  readonly #clock: ClockPort;
  readonly #options: SharedBytesOptions;
  readonly #taken = new Map<MemberIndex, number>();
  #second = 0;
  #left: number;

  constructor(clock: ClockPort, options: SharedBytesOptions) {
    this.#clock = clock;
    this.#options = options;
    this.#left = options.allMax;
  }

  /** Whether the member may be given something more in this second. */
  hasRoom(member: MemberIndex): boolean {
    return this.roomOf(member) > 0;
  }

  /** Bytes that the member may be given in this second, as all stands now: it has as much of what is left, or its own part. */
  roomOf(member: MemberIndex): number {
    this.#renew();
    const taken = this.#taken.get(member) ?? 0;
    return Math.max(0, this.#options.eachMin - taken, this.#left - taken);
  }

  take(member: MemberIndex, sizeBytes: number): void {
    this.#renew();
    this.#taken.set(member, (this.#taken.get(member) ?? 0) + sizeBytes);
    this.#left -= sizeBytes;
  }

  #renew(): void {
    const second = Math.floor(this.#clock.nowMs() / SECOND_MS);
    if (second === this.#second) return;
    this.#second = second;
    this.#taken.clear();
    this.#left = this.#options.allMax;
  }
}
