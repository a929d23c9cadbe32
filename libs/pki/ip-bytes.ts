import { isIPv4, isIPv6 } from 'node:net';

const IPV6_GROUPS = 8;

/** The 4 or 16 bytes of an IP address in text, or undefined when it is none. */
export function ipBytes(text: string): Buffer | undefined {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number));
  return isIPv6(text) && !/[.%]/.test(text) ? ipv6Bytes(text) : undefined;
}

/** Expands `::` to as many zero groups as are missing. */
function ipv6Bytes(text: string): Buffer {
  const [head = '', tail] = text.split('::');
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  const missing = Math.max(0, IPV6_GROUPS - before.length - after.length);
  const zeros = Array.from({ length: missing }, () => '0');
  return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function groupsOf(part: string): readonly string[] {
  return part === '' ? [] : part.split(':');
}
