import { bindFault } from '#libs/reload/bind-check.ts';
import { hostAndPort } from '#libs/settings/host-port.ts';
import type { LaunchFacts } from '#services/launcher/core/launch-facts.ts';
import { metricsListenOf } from '#services/launcher/core/service-environment.ts';
import { servicesOf } from '#services/launcher/core/service-names.ts';
import type { PortFacts, PortState } from '../core/host-ports.ts';
import { isInTheWay, type ListeningSocket, listeningSockets } from './listening-sockets.ts';
import type { SeenProcess } from './node-processes.ts';

/** A place that a service listens at. */
interface Place extends Pick<PortFacts, 'service' | 'key' | 'address'> {
  readonly host: string;
  readonly port: number;
  readonly ipv6Only?: boolean;
}

const MULTIADDR = /^\/ip([46])\/([^/]+)\/tcp\/(\d+)$/;

/**
 * The state of every TCP port of a node. Each is bound for a moment, as `btcfed config validate` does; a process in the way is
 * found by the sockets of the kernel and the processes that hold them.
 */
export async function portFacts(
  facts: LaunchFacts,
  networkAddresses: readonly string[],
  processes: readonly SeenProcess[],
): Promise<readonly PortFacts[]> {
  const sockets = listeningSockets();
  const places = [
    ...networkAddresses.flatMap((address) => networkPlace(address, facts)),
    ...servicePlaces(facts),
    ...metricsPlaces(facts),
  ];
  const found: PortFacts[] = [];
  for (const [at, place] of places.entries()) {
    const { service, key, address, ...target } = place;
    const rival = places.slice(0, at).find((each) => areOne(each, place));
    const inTheWay = sockets.filter((each) => isInTheWay(each, target));
    const state: PortState = rival
      ? { kind: 'shared', service: rival.service }
      : stateOf(await bindFault(target), inTheWay, processes);
    found.push({ service, key, address, state });
  }
  return found;
}

/** Whether two sockets cannot both listen: one port, and one address or a wildcard. A gateway tells its families apart. */
export function areOne(
  one: Pick<Place, 'host' | 'port' | 'ipv6Only'>,
  other: Pick<Place, 'host' | 'port' | 'ipv6Only'>,
): boolean {
  if (one.port !== other.port || one.port === 0) return false;
  const isSplit = (one.ipv6Only ?? false) !== (other.ipv6Only ?? false);
  const isAny = [one.host, other.host].some((host) => ['0.0.0.0', '::'].includes(host));
  return one.host === other.host || (isAny && !isSplit);
}

/** A socket of the node itself is in the way of nobody, and of several holders the stranger counts. */
export function stateOf(
  fault: string | undefined,
  inTheWay: readonly Pick<ListeningSocket, 'inode'>[],
  processes: readonly SeenProcess[],
): PortState {
  switch (fault) {
    case undefined:
      return { kind: 'free' };
    case 'EADDRNOTAVAIL':
      return { kind: 'elsewhere' };
    case 'ENOTFOUND':
      return { kind: 'nameless' };
    case 'EADDRINUSE':
      break;
    default:
      return { kind: 'refused', code: fault };
  }
  const holders = inTheWay.map(({ inode }) => processes.find(({ sockets }) => sockets.has(inode)));
  if (holders.length > 0 && holders.every((each) => each?.isOfNode === true)) return { kind: 'own' };
  const stranger = holders.find((each) => each?.isOfNode === false);
  if (stranger === undefined) return { kind: 'taken' };
  return { kind: 'taken', holder: { pid: stranger.pid, name: stranger.name } };
}

/** Where the others reach this member: its gateway, or consensus itself. */
function networkPlace(address: string, { transport }: Pick<LaunchFacts, 'transport'>): readonly Place[] {
  const [, family, host = '', port] = MULTIADDR.exec(address) ?? [];
  if (family === undefined) return [];
  const ipv6Only = family === '6';
  const service = transport === 'http-json' ? 'consensus' : 'gateway';
  return [{ service, key: 'network.addresses', address, host, port: Number(port), ipv6Only }];
}

/** A node without a chain runs neither signer nor consensus. */
function servicePlaces({ hasChain, clientAddress, signerAddress }: LaunchFacts): readonly Place[] {
  if (!hasChain) return [];
  return [
    placeAt('consensus', 'services.client_address', clientAddress),
    placeAt('signer', 'services.signer_address', signerAddress),
  ];
}

/** The page of the node, and the ports of services for which a variable of the caller names one. */
function metricsPlaces(facts: LaunchFacts): readonly Place[] {
  const { metricsAddress } = facts;
  const own = servicesOf(facts).flatMap((service) => {
    const address = metricsListenOf(service, facts);
    if (address === undefined || address.startsWith('unix:')) return [];
    return [placeAt(`metrics of ${service}`, `${service.toUpperCase()}_METRICS_LISTEN`, address)];
  });
  const page = metricsAddress === undefined ? [] : [placeAt('metrics', 'metrics.address', metricsAddress)];
  return [...page, ...own];
}

function placeAt(service: string, key: string, address: string): Place {
  const { host, port } = hostAndPort(address);
  return { service, key, address, host: host.replace(/^\[(.*)\]$/, '$1'), port };
}
