/** Where a peer is dialled, or where this member listens. */
export interface HttpAddress {
  /** An IP address or a name of DNS. */
  readonly host: string;
  readonly port: number;
}

const MULTIADDR = /^\/(?:ip4|ip6|dns|dns4|dns6)\/([^/]+)\/tcp\/(\d{1,5})(?:\/https)?(?:\/p2p\/[^/]+)?$/;

/**
 * Host and port of an address of peers.yaml or of network.addresses: `/ip4/192.0.2.7/tcp/9000` is https://192.0.2.7:9000, with or without
 * `/https` behind it. Undefined for another transport.
 */
export function httpAddressOf(multiaddr: string): HttpAddress | undefined {
  const [, host, port] = MULTIADDR.exec(multiaddr) ?? [];
  return host === undefined ? undefined : { host, port: Number(port) };
}
