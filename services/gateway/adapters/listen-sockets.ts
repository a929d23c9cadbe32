import type { Listener, Transport } from '@libp2p/interface';
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr';
import type { Libp2p } from 'libp2p';
import type { PreparedReload } from '#libs/service/reloadable.ts';
import { causeText } from './listen-failures.ts';

/**
 * The sockets that the gateway listens on, by their configured address, and why each other address could not be
 * bound: libp2p itself either starts without a word or throws one text with all stacks.
 */
export class ListenSockets {
  readonly failures = new Map<string, string>();
  readonly #open = new Map<string, Listener>();

  /** Sees every socket that this transport opens. */
  watch(transport: Transport): void {
    const createListener = transport.createListener.bind(transport);
    transport.createListener = (options) => {
      const listener = createListener(options);
      const listen = listener.listen.bind(listener);
      listener.listen = async (address) => {
        try {
          await listen(address);
          this.#open.set(address.toString(), listener);
        } catch (error) {
          this.failures.set(address.toString(), causeText(error));
          throw error;
        }
      };
      return listener;
    };
  }

  /** The `addresses` that a TCP socket may have; for each of the others the reason is noted. */
  possible(addresses: readonly string[]): string[] {
    return addresses.filter((address) => {
      const problem = problemOf(address);
      if (problem !== undefined) this.failures.set(address, problem);
      return problem === undefined;
    });
  }

  /**
   * Opens `added`, and closes `removed` at the commit; connections stay open throughout. An address that takes
   * the port of a removed one (`0.0.0.0` for `127.0.0.1`) can only be bound after that socket is closed, so for
   * a moment the port has none.
   * @throws Error when one of them cannot be bound; the earlier sockets are then open again.
   */
  async exchange(
    host: Libp2p,
    added: readonly string[],
    removed: readonly string[],
  ): Promise<PreparedReload> {
    for (const address of added) {
      const problem = problemOf(address);
      if (problem !== undefined) throw unusable(address, problem);
    }
    const ports = new Set(added.map(portOf));
    const inTheWay = removed.filter((address) => ports.has(portOf(address)) && this.#isOpen(address));
    for (const address of inTheWay) this.#close(address);
    const rollBack = async (): Promise<void> => {
      for (const address of added) this.#close(address);
      await this.#listen(host, inTheWay);
    };
    await this.#listen(host, added);
    const failed = added.find((address) => !this.#isOpen(address));
    if (failed !== undefined) {
      const reason = this.failures.get(keyOf(failed)) ?? 'no transport for it';
      await rollBack();
      throw unusable(failed, reason);
    }
    return {
      commit: () => {
        for (const address of removed) this.#close(address);
      },
      rollBack,
    };
  }

  #isOpen(address: string): boolean {
    return this.#open.has(keyOf(address));
  }

  async #listen(host: Libp2p, addresses: readonly string[]): Promise<void> {
    for (const address of addresses) this.failures.delete(keyOf(address));
    if (addresses.length > 0) await transportsOf(host).listen(addresses.map((each) => multiaddr(each)));
  }

  #close(address: string): void {
    const listener = this.#open.get(keyOf(address));
    if (listener === undefined) return;
    this.#open.delete(keyOf(address));
    closeSocket(listener);
  }
}

/** A name could be bound, but means another address each time it is looked up. */
const BINDABLE = /^\/ip[46]\/[^/]+\/tcp\/\d+$/;

/** The reason why no machine can bind this address; undefined when some machine can. */
function problemOf(address: string): string | undefined {
  if (!BINDABLE.test(address)) return 'only /ip4/A/tcp/PORT and /ip6/A/tcp/PORT can be listened on';
  try {
    multiaddr(address);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function unusable(address: string, reason: string): Error {
  return new Error(`network.addresses: cannot listen on ${address}: ${reason}`);
}

function keyOf(address: string): string {
  return multiaddr(address).toString();
}

function portOf(address: string): string {
  return /\/tcp\/(\d+)/.exec(address)?.[1] ?? address;
}

interface Transports {
  listen(addresses: Multiaddr[]): Promise<void>;
}

/**
 * libp2p listens only at its start, but the object that it listens with remains (a proxy, which `in` does not
 * see into).
 */
function transportsOf(host: Libp2p): Transports {
  const components: unknown = 'components' in host ? host.components : undefined;
  const manager: unknown = isObject(components) ? Reflect.get(components, 'transportManager') : undefined;
  if (isObject(manager) && 'listen' in manager) return manager as Transports;
  throw new Error('this version of libp2p hides its transports');
}

/** Closes the socket alone: `close` of a listener would end every connection that came by it. */
function closeSocket(listener: Listener): void {
  if (!('pause' in listener) || typeof listener.pause !== 'function') {
    throw new Error('this version of libp2p hides the socket of a listener');
  }
  listener.pause(true);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
