import type { TransactionOrigin } from '../ports/pooled-transaction.ts';
import type { ShareLimits, SourceShare } from './mempool-limits.ts';

interface Usage {
  readonly count: number;
  readonly bytes: number;
}

const UNUSED: Usage = { count: 0, bytes: 0 };

/** The part of the clients' share that clients known by address may fill; the rest is for clients known by a key. */
const PART_OF_ADDRESSES = 0.75;

/**
 * The shares of transactions that are held: in the mempool, or while they are judged. A client may hold as much as is still free for clients like it and no more: alone it
 * fills half, two hold a third each. So a newcomer finds room among any number of clients, and nobody loses a waiting
 * transaction (the dynamic threshold of Choudhury and Hahne, 1998).
 */
export class MempoolShares {
  readonly #limits: ShareLimits;
  readonly #usage = new Map<string, Usage>();

  constructor(limits: ShareLimits) {
    this.#limits = limits;
  }

  get all(): Usage {
    return this.#used('all');
  }

  hasRoom({ source, client }: TransactionOrigin, bytes: number): boolean {
    const { clients, members, eachMember } = this.#limits;
    if (source !== 'client') {
      return this.#fits(`member ${source}`, eachMember, bytes) && this.#fits('members', members, bytes);
    }
    if (!this.#fits('clients', clients, bytes)) return false;
    if (client === undefined) return true;
    const ofAddresses = scaled(clients, PART_OF_ADDRESSES);
    if (client.kind === 'address' && !this.#fits('address', ofAddresses, bytes)) return false;
    const free =
      client.kind === 'address' ? this.#freeOf('address', ofAddresses) : this.#freeOf('clients', clients);
    const own = this.#used(groupOf({ source, client }));
    // The first of a client has only to fit.
    return own.count === 0 || (own.count < free.count && own.bytes + bytes <= free.bytes);
  }

  /** `sign`: 1 when a transaction comes, -1 when it goes. */
  count(origin: TransactionOrigin, bytes: number, sign: 1 | -1): void {
    for (const key of keysOf(origin)) {
      const used = this.#used(key);
      const next = { count: used.count + sign, bytes: used.bytes + sign * bytes };
      if (next.count === 0) this.#usage.delete(key);
      else this.#usage.set(key, next);
    }
  }

  clear(): void {
    this.#usage.clear();
  }

  #fits(key: string, share: SourceShare, bytes: number): boolean {
    const used = this.#used(key);
    return used.count < share.countMax && used.bytes + bytes <= share.bytesMax;
  }

  #freeOf(key: string, { countMax, bytesMax }: SourceShare): Usage {
    const used = this.#used(key);
    return { count: countMax - used.count, bytes: bytesMax - used.bytes };
  }

  #used(key: string): Usage {
    return this.#usage.get(key) ?? UNUSED;
  }
}

/** The smallest group that a transaction counts to: each has its turn in a block. */
export function groupOf({ source, client }: TransactionOrigin): string {
  if (source !== 'client') return `member ${source}`;
  return client === undefined ? 'own' : `${client.kind} ${client.owner}`;
}

function keysOf(origin: TransactionOrigin): readonly string[] {
  const { source, client } = origin;
  const group = groupOf(origin);
  if (source !== 'client') return ['all', 'members', group];
  return client?.kind === 'address' ? ['all', 'clients', 'address', group] : ['all', 'clients', group];
}

function scaled({ countMax, bytesMax }: SourceShare, part: number): SourceShare {
  return { countMax: Math.ceil(countMax * part), bytesMax: Math.ceil(bytesMax * part) };
}
