import { FairPlaces, type Release } from '#libs/shares/fair-places.ts';
import type { MempoolClient } from '../ports/pooled-transaction.ts';
import { CLIENT_VOTES_MAX, CLIENT_VOTES_VERIFIED_MAX } from './client-limits.ts';

/** A vote that a client brings, good but for its signature. */
export interface ClientVote {
  /** Of which member for which change. */
  readonly name: string;
  /** Left out for what this member brings itself. */
  readonly client: MempoolClient | undefined;
  /** Begins to verify it. @param done - To be called once. */
  readonly verify: (done: () => void) => void;
  /** Its place went to the vote of a client with fewer. */
  readonly giveWay: () => void;
}

interface Waiting extends ClientVote {
  readonly key: string;
  readonly leave: Release;
}

const WAITING_MAX = CLIENT_VOTES_MAX - CLIENT_VOTES_VERIFIED_MAX;

/**
 * The line of clients' votes whose signatures are to be verified. Anybody is a client, so it is short, and shared fairly between
 * those with a key and those without, and between keys and addresses: one that fills it keeps nobody out, also not with a false
 * vote in the name of another.
 */
export class ClientVotes {
  readonly #places = new FairPlaces([WAITING_MAX, WAITING_MAX, WAITING_MAX]);
  /** Of the votes that wait or are being verified: of each client one for each member and change. */
  readonly #keys = new Set<string>();
  readonly #waiting = new Set<Waiting>();
  #verifying = 0;

  /** Whether any vote of this client would be turned away, so that none has to be read: it has half of a full line. */
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

  /** Who came first is verified first. */
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
