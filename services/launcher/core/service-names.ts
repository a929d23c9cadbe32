import { hostAndPort } from '#libs/settings/host-port.ts';

/** The services of one member, in the order they are started. */
export const SERVICE_NAMES = ['config', 'signer', 'gateway', 'consensus'] as const;

export type ServiceName = (typeof SERVICE_NAMES)[number];

/** The place of the metrics of one service: `first` is that of the first service, and each of the others has the next port. */
export function metricsAddressOf(service: ServiceName, first: string): string {
  const { host, port } = hostAndPort(first);
  return `${host}:${port + SERVICE_NAMES.indexOf(service)}`;
}

/** The services of a member: all of them, or, for a node without a chain, those that need none. */
export function servicesOf({ hasChain }: { readonly hasChain: boolean }): readonly ServiceName[] {
  return hasChain ? SERVICE_NAMES : ['config', 'gateway'];
}
