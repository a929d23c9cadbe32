import { FairPlaces, type Release } from '#libs/shares/fair-places.ts';
import type { MempoolClient } from '../ports/pooled-transaction.ts';
import { CLIENT_VOTES_MAX, CLIENT_VOTES_VERIFIED_MAX } from './client-limits.ts';

/** A vote that a client brings, good but for its signature. */
export interface ClientVote {
  /** Names the voting member and the change. */
  readonly name: string;
  /** The client; left out for a vote that this member itself brings. */
  readonly client: MempoolClient | undefined;
  /** Begins to verify the vote. @param done - Must be called once. */
  readonly verify: (done: () => void) => void;
  /** Called when its place went to the vote of a client with fewer places. */
  readonly giveWay: () => void;
}

interface Waiting extends ClientVote {
  readonly key: string;
  readonly leave: Release;
}

const WAITING_MAX = CLIENT_VOTES_MAX - CLIENT_VOTES_VERIFIED_MAX;

/**
 * The queue of clients' votes whose signatures are to be verified. Anybody can be a client, so the queue is
 * short, and shared fairly between clients with a key and clients without one, and then between keys and
 * between addresses. A client that fills it keeps nobody else out, not even with a false vote in the name of
 * another.
 */
export class ClientVotes {
  readonly #places = new FairPlaces([WAITING_MAX, WAITING_MAX, WAITING_MAX]);
  /** Keys of the votes that wait or are being verified: each client has one vote for each member and change. */
  readonly #keys = new Set<string>();
  readonly #waiting = new Set<Waiting>();
  #verifying = 0;

  /**
   * Whether any vote of this client would be turned away, so that none has to be read: the queue is full and
   * half of it is this client's.
   */
  isFullFor(client: MempoolClient | undefined): boolean {
    return this.#places.size >= WAITING_MAX && this.#places.heldBy(pathOf(client)) >= WAITING_MAX / 2;
  }

  /** @returns false when it is turned away. */
  enter(vote: ClientVote): boolean {
    const { client, name, giveWay } = vote;
    const path = pathOf(client);
    const key = [...path, name].join(' ');
    if (this.#keys.has(key)) return false;
    const leave = this.#places.enter({
      path,
      giveWay: () => {
        this.#waiting.delete(waiting);
        this.#keys.delete(key);
        giveWay();
      },
    });
    if (leave === undefined) return false;
    const waiting: Waiting = { ...vote, key, leave };
    this.#keys.add(key);
    this.#waiting.add(waiting);
    this.#next();
    return true;
  }

  /** Votes are verified in the order of arrival. */
  #next(): void {
    const [first] = this.#waiting;
    if (first === undefined || this.#verifying >= CLIENT_VOTES_VERIFIED_MAX) return;
    this.#waiting.delete(first);
    first.leave();
    this.#verifying += 1;
    first.verify(() => {
      this.#verifying -= 1;
      this.#keys.delete(first.key);
      this.#next();
    });
  }
}

function pathOf(client: MempoolClient | undefined): readonly [string, string] {
  return client === undefined ? ['own', ''] : [client.kind, client.owner];
}
