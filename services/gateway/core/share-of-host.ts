/**
 * The host that an address counts to: an IPv4 address, or the /64 of an IPv6 address, all of which one machine
 * can have.
 */
export type HostShare = string;

const IPV6_GROUPS = 8;
const GROUPS_OF_A_NETWORK = 4;

/** The share of the host in a multiaddr; undefined when it names no IP address. */
export function shareOfAddress(multiaddr: string): HostShare | undefined {
  const [, host] = /\/ip[46]\/([^/]+)/.exec(multiaddr) ?? [];
  return host === undefined ? undefined : shareOfHost(host);
}

/** The share of an IP address, however it is written; IPv4 in IPv6 is IPv4. */
export function shareOfHost(host: string): HostShare {
  const [, ipv4] = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(host) ?? [];
  if (ipv4 !== undefined) return ipv4;
  const [head = '', tail] = host.toLowerCase().split('::');
  const first = groupsOf(head);
  const last = groupsOf(tail ?? '');
  const zeros = tail === undefined ? 0 : Math.max(0, IPV6_GROUPS - first.length - last.length);
  const groups = [...first, ...Array<string>(zeros).fill('0'), ...last];
  return `${groups.slice(0, GROUPS_OF_A_NETWORK).join(':')}::/64`;
}

function groupsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(':').map((group) => group.replace(/^0+(?=.)/, ''));
}
