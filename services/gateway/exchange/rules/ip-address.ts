/** The scope from which an address can be reached: this machine, this network, everybody. */
export type AddressScope = 'loopback' | 'private' | 'global';

/**
 * The scope of an IPv4 address; undefined for another text, and for addresses that no peer can have (0.0.0.0,
 * multicast).
 */
export function ipv4Scope(text: string): AddressScope | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part))) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = parts.map(Number);
  if ([a, b, c, d].some((part) => part > 255) || a === 0 || a >= 224) return undefined;
  if (a === 127) return 'loopback';
  const isPrivate =
    a === 10 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128);
  return isPrivate ? 'private' : 'global';
}

/**
 * The scope of an IPv6 address without zone; undefined for another text, and for addresses that no peer can have (::,
 * multicast).
 */
export function ipv6Scope(text: string): AddressScope | undefined {
  const groups = ipv6Groups(text);
  if (groups === undefined) return undefined;
  const [first = 0] = groups;
  const isZero = groups.slice(0, 7).every((group) => group === 0);
  if (isZero) return groups[7] === 1 ? 'loopback' : undefined;
  // Also ::ffff:0:0/96, which is IPv4 in disguise.
  if (first >= 0xff00 || groups.slice(0, 5).every((group) => group === 0)) return undefined;
  return (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80 ? 'private' : 'global';
}

const GROUPS = 8;

function ipv6Groups(text: string): readonly number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(groupsOf);
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === GROUPS ? head : undefined;
  if (tail === undefined || head.length + tail.length >= GROUPS) return undefined;
  return [...head, ...new Array<number>(GROUPS - head.length - tail.length).fill(0), ...tail];
}

function groupsOf(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  return parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))
    ? parts.map((part) => Number.parseInt(part, 16))
    : undefined;
}
