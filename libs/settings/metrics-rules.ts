import type { ConfFault } from './conf-fault.ts';
import type { ConfValues } from './conf-values.ts';
import { hostAndPort, isHostPort } from './host-port.ts';
import { METRICS_PORTS } from './node-configuration.ts';

const PORT_MAX = 65_535 - METRICS_PORTS + 1;
/** Hosts that stand for all addresses of the machine. */
const EVERYWHERE = ['0.0.0.0', '[::]', '::'];
const LISTENED = /^\/(?:ip[46]|dns[46])\/(?<host>[^/]+)\/tcp\/(?<port>\d+)$/;

const KEY = 'metrics.address';

/** The fault of the `metrics` section, or undefined. Its ports must be free of those that the same file gives to others. */
export function metricsProblem({
  metrics,
  services,
  addresses,
}: Pick<ConfValues, 'metrics' | 'services' | 'addresses'>): ConfFault | undefined {
  const { enabled, address } = metrics;
  const { host, port } = hostAndPort(address);
  if (!isHostPort(address) || port > PORT_MAX) {
    return fault(
      `${address} must be host:port with a port from 1 to ${PORT_MAX}, such as 127.0.0.1:7106: each service has one, from there on`,
    );
  }
  if (!enabled) return undefined;
  const taken = [
    { key: 'services.client_address', value: services.clientAddress, ...hostAndPort(services.clientAddress) },
    { key: 'services.signer_address', value: services.signerAddress, ...hostAndPort(services.signerAddress) },
    ...addresses.flatMap(listenedAt),
  ].find((other) => other.port >= port && other.port < port + METRICS_PORTS && isSameHost(host, other.host));
  if (taken === undefined) return undefined;
  const ports = `${port} to ${port + METRICS_PORTS - 1}`;
  return fault(
    `${address} has the ports ${ports}, and ${taken.key} ${taken.value} is one of them: choose another port for one of the two`,
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
