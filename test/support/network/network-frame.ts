import { networkId } from './network-plan.ts';

/** A VXLAN header of 8 bytes, an Ethernet header of 14, an IPv4 packet. */
const NETWORK_ID = 4;
const ETHERNET = 8;
const IP = ETHERNET + 14;

const IPV4 = 0x0800;
const TCP = 6;
const CHECKSUM_OFFSET = 16;
const BROADCAST = 0xff;

/** Number of the member that a frame is for, by the last byte of its card's address; all when it is for everybody. */
export function targetOf(frame: Buffer): number | 'all' {
  return frame[ETHERNET] === BROADCAST ? 'all' : (frame[ETHERNET + 5] ?? 0) - 1;
}

/** The frame as it reaches the card of a member. */
export function readdressed(frame: Buffer, to: number): Buffer {
  const copy = Buffer.from(frame);
  copy.writeUIntBE(networkId(to), NETWORK_ID, 3);
  return copy;
}

/**
 * Completes the checksum of a TCP segment. The kernel leaves that to the card as long as the packet stays in the machine;
 * a virtual card does nothing, and the receiving kernel refuses what went through a process.
 */
export function completeChecksum(frame: Buffer): void {
  if (frame.length < IP + 40 || frame.readUInt16BE(ETHERNET + 12) !== IPV4 || frame[IP + 9] !== TCP) return;
  const segment = IP + ((frame[IP] ?? 0) & 0x0f) * 4;
  const end = IP + frame.readUInt16BE(IP + 2);
  if (end > frame.length || segment + CHECKSUM_OFFSET + 2 > end) return;
  frame.writeUInt16BE(0, segment + CHECKSUM_OFFSET);
  const sum = sumOf(frame, IP + 12, IP + 20) + TCP + (end - segment) + sumOf(frame, segment, end);
  frame.writeUInt16BE(~folded(sum) & 0xffff, segment + CHECKSUM_OFFSET);
}

/** Sum of 16-bit words; an odd last byte counts as the upper half of one. */
function sumOf(bytes: Buffer, from: number, end: number): number {
  let sum = 0;
  for (let at = from; at + 1 < end; at += 2) sum += ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0);
  return (end - from) % 2 === 0 ? sum : sum + ((bytes[end - 1] ?? 0) << 8);
}

function folded(sum: number): number {
  let rest = sum;
  while (rest > 0xffff) rest = (rest & 0xffff) + Math.floor(rest / 0x10000);
  return rest;
}
