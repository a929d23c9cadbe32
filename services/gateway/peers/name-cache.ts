import type { Logger } from '#libs/log/logger.ts';
import {
  NAME_DOUBT_MS,
  NAME_LOOKUP_TIMEOUT_MS,
  NAME_LOOKUPS_MAX,
  NAME_TTL_MS,
  NAMES_MAX,
} from '../core/connection-limits.ts';
import { type NamedAddress, namedAddress, withAnswer } from '../core/dns-address.ts';
import { type HostShare, shareOfHost } from '../core/share-of-host.ts';
import type { AddressResolver, LookUp } from '../ports/name-service.ts';

interface Answer {
  readonly addresses: readonly string[];
  readonly hosts: ReadonlySet<HostShare>;
  readonly atMs: number;
  /** The time from which the name is asked for again. */
  freshUntilMs: number;
}

export interface NameCacheOptions {
  readonly lookUp: LookUp;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  readonly log: Logger;
}

/**
 * Looks up the names of peers (P2P-04). An answer is used for a while; an answer that led nowhere is asked for
 * again soon; and when the name service is away the last answer stays in use, however old.
 */
export class NameCache implements AddressResolver {
  readonly #options: NameCacheOptions;
  readonly #answers = new Map<string, Answer>();
  readonly #running = new Map<string, Promise<readonly string[]>>();
  readonly #waiting: (() => void)[] = [];
  #lookUps = 0;

  constructor(options: NameCacheOptions) {
    this.#options = options;
  }

  async resolve(address: string): Promise<readonly string[]> {
    const named = namedAddress(address);
    if (named === undefined) return [address];
    const answers = await this.#answersFor(named);
    return answers.map((answer) => withAnswer(named, answer));
  }

  doubt(address: string): void {
    const named = namedAddress(address);
    const answer = named === undefined ? undefined : this.#answers.get(keyOf(named));
    if (answer !== undefined)
      answer.freshUntilMs = Math.min(answer.freshUntilMs, answer.atMs + NAME_DOUBT_MS);
  }

  hasAnswered(host: HostShare): boolean {
    for (const { hosts } of this.#answers.values()) if (hosts.has(host)) return true;
    return false;
  }

  async #answersFor(named: NamedAddress): Promise<readonly string[]> {
    const key = keyOf(named);
    const known = this.#answers.get(key);
    if (known !== undefined && this.#options.nowMs() < known.freshUntilMs) return known.addresses;
    const running = this.#running.get(key) ?? this.#ask(named).finally(() => this.#running.delete(key));
    this.#running.set(key, running);
    try {
      return await running;
    } catch (error) {
      if (known === undefined) throw error;
      // Asked again after a pause: a name service that is away must not cost a look-up for every dial.
      known.freshUntilMs = this.#options.nowMs() + NAME_DOUBT_MS;
      const fields = { name: named.name, error: `${error}` };
      this.#options.log.warn('name cannot be looked up, its last addresses are used', fields);
      return known.addresses;
    }
  }

  async #ask(named: NamedAddress): Promise<readonly string[]> {
    if (this.#lookUps >= NAME_LOOKUPS_MAX) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#lookUps += 1;
    try {
      const addresses = await inTime(this.#options.lookUp(named.name, named.family), named.name);
      this.#keep(keyOf(named), addresses);
      return addresses;
    } finally {
      this.#lookUps -= 1;
      this.#waiting.shift()?.();
    }
  }

  #keep(key: string, addresses: readonly string[]): void {
    const atMs = this.#options.nowMs();
    this.#answers.delete(key);
    const [oldest] = this.#answers.size < NAMES_MAX ? [] : this.#answers.keys();
    if (oldest !== undefined) this.#answers.delete(oldest);
    const hosts = new Set(addresses.map(shareOfHost));
    this.#answers.set(key, { addresses, hosts, atMs, freshUntilMs: atMs + NAME_TTL_MS });
  }
}

function keyOf({ name, family }: NamedAddress): string {
  return `${family} ${name}`;
}

async function inTime<T>(answer: Promise<T>, name: string): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = (): void => reject(new Error(`no answer for ${name} in ${NAME_LOOKUP_TIMEOUT_MS / 1000} s`));
  const timer = setTimeout(late, NAME_LOOKUP_TIMEOUT_MS);
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
  }
}
