import type { Digest } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';

interface Waiting {
  readonly transaction: Transaction;
}

/**
 * Waiting transactions, grouped by their source. Each group has its turn, so that a group of thousands keeps nobody
 * else out of the next block; within a group the oldest is first.
 */
export class MempoolTurns<Entry extends Waiting> {
  /** The group whose turn is next is first. */
  readonly #groups = new Map<string, Map<Digest, Entry>>();

  add(group: string, entry: Entry): void {
    const entries = this.#groups.get(group) ?? new Map<Digest, Entry>();
    this.#groups.set(group, entries.set(entry.transaction.hash, entry));
  }

  /** One of the group is final, or gone: its next turn comes after those of the others. */
  remove(group: string, hash: Digest): void {
    const entries = this.#groups.get(group);
    if (entries?.delete(hash) !== true) return;
    this.#groups.delete(group);
    if (entries.size > 0) this.#groups.set(group, entries);
  }

  clear(): void {
    this.#groups.clear();
  }

  *inTurn(): Generator<Entry, void, void> {
    let turns = [...this.#groups.values()].map((entries) => entries.values());
    while (turns.length > 0) {
      const more: typeof turns = [];
      for (const turn of turns) {
        const { done, value } = turn.next();
        if (done === true) continue;
        yield value;
        more.push(turn);
      }
      turns = more;
    }
  }
}
