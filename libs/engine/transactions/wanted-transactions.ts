import type { Digest, MemberIndex } from '#libs/chain/ids.ts';

/** One request to one member, as long as it may still be answered. */
export interface PullRequest {
  readonly peer: MemberIndex;
  readonly hashes: readonly Digest[];
  /** Something of it came. */
  isAnswered: boolean;
  cancel: () => void;
}

/** A transaction that others announced and that is unknown here. */
export interface Wanted {
  /** Members that announced it and were not given up. */
  readonly tellers: Set<MemberIndex>;
  readonly asked: Set<PullRequest>;
  /** Tellers to ask next, when the asked ones do not deliver. */
  readonly next: MemberIndex[];
}

/**
 * Transactions that others announced, with their tellers. The caller of `add` bounds them, by `countOf` of each
 * teller.
 */
export class WantedTransactions {
  readonly #wanted = new Map<Digest, Wanted>();
  readonly #counts = new Map<MemberIndex, number>();

  get size(): number {
    return this.#wanted.size;
  }

  /** Number of wanted transactions that this member announced. */
  countOf(teller: MemberIndex): number {
    return this.#counts.get(teller) ?? 0;
  }

  get(hash: Digest): Wanted | undefined {
    return this.#wanted.get(hash);
  }

  /** @returns undefined when this member announced it before. */
  add(hash: Digest, teller: MemberIndex): Wanted | undefined {
    const wanted = this.#wanted.get(hash) ?? { tellers: new Set(), asked: new Set(), next: [] };
    if (wanted.tellers.has(teller)) return undefined;
    this.#wanted.set(hash, wanted);
    wanted.tellers.add(teller);
    this.#counts.set(teller, this.countOf(teller) + 1);
    return wanted;
  }

  /** This teller does not help. */
  giveUp(wanted: Wanted, teller: MemberIndex): void {
    if (!wanted.tellers.delete(teller)) return;
    this.#counts.set(teller, this.countOf(teller) - 1);
    for (const request of wanted.asked) if (request.peer === teller) wanted.asked.delete(request);
  }

  drop(hash: Digest): void {
    for (const teller of this.#wanted.get(hash)?.tellers ?? []) {
      this.#counts.set(teller, this.countOf(teller) - 1);
    }
    this.#wanted.delete(hash);
  }

  clear(): void {
    this.#wanted.clear();
    this.#counts.clear();
  }
}
