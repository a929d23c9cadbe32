import type { ConfFault } from './conf-fault.ts';
import type { ConfValues } from './conf-values.ts';
import { hostAndPort, isHostPort } from './host-port.ts';

const PORT_MAX = 65_535;
/** Hosts that stand for all addresses of the machine. */
const EVERYWHERE = ['0.0.0.0', '[::]', '::'];
const LISTENED = /^\/(?:ip[46]|dns[46])\/(?<host>[^/]+)\/tcp\/(?<port>\d+)$/;

const KEY = 'metrics.address';

/** The fault of the `metrics` section, or undefined. Its port must be none of those that the same file gives to others. */
export function metricsProblem({
  metrics,
  services,
  addresses,
}: Pick<ConfValues, 'metrics' | 'services' | 'addresses'>): ConfFault | undefined {
  const { enabled, address } = metrics;
  const { host, port } = hostAndPort(address);
  if (!isHostPort(address) || port > PORT_MAX) {
    return fault(`${address} must be host:port with a port from 1 to ${PORT_MAX}, such as 127.0.0.1:7106`);
  }
  if (!enabled) return undefined;
  const taken = [
    { key: 'services.client_address', value: services.clientAddress, ...hostAndPort(services.clientAddress) },
    { key: 'services.signer_address', value: services.signerAddress, ...hostAndPort(services.signerAddress) },
    ...addresses.flatMap(listenedAt),
  ].find((other) => other.port === port && isSameHost(host, other.host));
  if (taken === undefined) return undefined;
  return fault(
    `${address} has the port of ${taken.key} ${taken.value}: choose another port for one of the two`,
  );
}

function fault(text: string): ConfFault {
  return { key: KEY, text: `${KEY} ${text}`, isHidden: true };
}

function listenedAt(value: string) {
  const { host, port } = LISTENED.exec(value)?.groups ?? {};
  return host === undefined ? [] : [{ key: 'network.addresses', value, host, port: Number(port) }];
}

function isSameHost(a: string, b: string): boolean {
  return (
    a.replace(/^\[|\]$/g, '') === b.replace(/^\[|\]$/g, '') ||
    EVERYWHERE.includes(a) ||
    EVERYWHERE.includes(b)
  );
}
