import { type Digest, type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';

export interface FetcherWorld {
  readonly me: MemberIndex;
  readonly members: number;
  /** Runs later, unless the member crashed by then. */
  later(delayMs: number, run: () => void): void;
  /** Asks a member for a block. */
  request(to: MemberIndex, digest: Digest): void;
}

const RETRY_MS = 60;

/** Asks one member after the other for a block, for as long as it is wanted. */
export class Fetcher {
  readonly #world: FetcherWorld;
  readonly #isWanted: (digest: Digest) => boolean;
  readonly #asking = new Set<Digest>();

  constructor(world: FetcherWorld, isWanted: (digest: Digest) => boolean) {
    this.#world = world;
    this.#isWanted = isWanted;
  }

  /** Starts with `from`, who seems to have it. */
  start(digest: Digest, from: MemberIndex): void {
    if (this.#asking.has(digest)) return;
    this.#asking.add(digest);
    this.#ask(digest, from);
  }

  #ask(digest: Digest, from: MemberIndex): void {
    const { me, members, request, later } = this.#world;
    if (!this.#isWanted(digest)) {
      this.#asking.delete(digest);
      return;
    }
    if (from !== me) request(from, digest);
    const next = toMemberIndex((from + 1) % members);
    later(from === me ? 0 : RETRY_MS, () => this.#ask(digest, next));
  }
}
