import type { MemberIndex } from '#libs/chain/ids.ts';

/** When each member was heard last, its connection counted as a word. */
export class HeardMembers {
  readonly #nowMs: () => number;
  #lastMs = new Map<MemberIndex, number>();
  #beganMs: number;

  /** @param nowMs - Milliseconds of a clock that never goes back. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#beganMs = nowMs();
  }

  heard(member: MemberIndex): void {
    this.#lastMs.set(member, this.#nowMs());
  }

  /** Numbers stand for others from now on. */
  begin(): void {
    this.#lastMs = new Map();
    this.#beganMs = this.#nowMs();
  }

  /** Milliseconds since each of these was heard, or since nothing could be heard of it. */
  silence(members: readonly MemberIndex[]): ReadonlyMap<MemberIndex, number> {
    const nowMs = this.#nowMs();
    return new Map(members.map((member) => [member, nowMs - (this.#lastMs.get(member) ?? this.#beganMs)]));
  }
}
