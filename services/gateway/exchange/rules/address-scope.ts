import { ADDRESS_LETTERS_MAX } from './exchange-limits.ts';
import { type AddressScope, ipv4Scope, ipv6Scope } from './ip-address.ts';

const NAME =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const PORT_MAX = 65_535;

/**
 * The scope that can reach a multiaddr such as `/ip4/10.0.0.1/tcp/9000`; undefined for an address that no entry
 * may have: another transport, a peer id behind it, no port, or a host that nobody can have.
 */
export function addressScope(address: string): AddressScope | undefined {
  if (address.length > ADDRESS_LETTERS_MAX) return undefined;
  const [empty, protocol, host = '', transport, port = '', ...rest] = address.split('/');
  if (empty !== '' || transport !== 'tcp' || rest.length > 0 || !isPort(port)) return undefined;
  switch (protocol) {
    case 'ip4':
      return ipv4Scope(host);
    case 'ip6':
      return ipv6Scope(host);
    case 'dns':
    case 'dns4':
    case 'dns6':
      return nameScope(host);
    default:
      return undefined;
  }
}

const REACH: Readonly<Record<AddressScope, number>> = { loopback: 0, private: 1, global: 2 };

/**
 * The `addresses` that are useful to a gateway that heard them from a peer at `source`: a peer on the internet
 * cannot send us to addresses of our own network, nor a peer of our network to our own machine (P2P-75).
 */
export function usableAddresses(addresses: readonly string[], source: AddressScope): readonly string[] {
  return addresses.filter((address) => {
    const scope = addressScope(address);
    return scope !== undefined && REACH[scope] >= REACH[source];
  });
}

/** The scope of the other end of a connection, whose multiaddr may name its peer; an unreadable address is foreign. */
export function scopeOfConnection(address: string): AddressScope {
  return addressScope(address.replace(/\/p2p\/.*$/, '')) ?? 'global';
}

/**
 * The addresses that we announce: the ones we listen on, without those of this machine alone unless there are
 * no others.
 */
export function advertisedAddresses(listening: readonly string[], most: number): readonly string[] {
  const plain = [...new Set(listening.map((address) => address.replace(/\/p2p\/.*$/, '')))];
  const valid = plain.filter((address) => addressScope(address) !== undefined);
  const reachable = valid.filter((address) => addressScope(address) !== 'loopback');
  return (reachable.length > 0 ? reachable : valid).slice(0, most);
}

/** A name does not show its destination; only the name of this machine is known. */
function nameScope(name: string): AddressScope | undefined {
  if (!NAME.test(name)) return undefined;
  return /(?:^|\.)localhost$/i.test(name) ? 'loopback' : 'global';
}

function isPort(text: string): boolean {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= PORT_MAX;
}
