import { ipBytes } from '#libs/pki/ip-bytes.ts';
import { textOfFile } from './text-of-file.ts';

/** A TCP socket of this machine that listens. */
export interface ListeningSocket {
  /** 4 or 16 bytes. */
  readonly address: Buffer;
  readonly port: number;
  /** The number by which a process holds it. */
  readonly inode: string;
}

const LISTEN = '0A';
const WORD_BYTES = 4;
const MAPPED = Buffer.from('00000000000000000000ffff', 'hex');

/** All listening TCP sockets, of IPv4 and IPv6; empty where the kernel does not tell. */
export function listeningSockets(): readonly ListeningSocket[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listeningIn(textOfFile(file) ?? ''));
}

/** Those in a table of the kernel, as /proc/net/tcp has it. */
export function listeningIn(table: string): readonly ListeningSocket[] {
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [address = '', port = ''] = (fields[1] ?? '').split(':');
    if (fields[3] !== LISTEN) return [];
    return [{ address: addressOf(address), port: Number.parseInt(port, 16), inode: fields[9] ?? '' }];
  });
}

/** The kernel writes each word of four bytes as a number of this processor, which is little-endian on all that are in use. */
function addressOf(hex: string): Buffer {
  const bytes = Buffer.from(hex, 'hex');
  for (let at = 0; at < bytes.length; at += WORD_BYTES) bytes.subarray(at, at + WORD_BYTES).reverse();
  const isMapped = bytes.length > WORD_BYTES && bytes.subarray(0, MAPPED.length).equals(MAPPED);
  return isMapped ? bytes.subarray(MAPPED.length) : bytes;
}

/** Whether a socket stands in the way of another one at this host, an IP address or a name, and port. */
export function isInTheWay(
  socket: ListeningSocket,
  { host, port }: { readonly host: string; readonly port: number },
): boolean {
  if (socket.port !== port) return false;
  const wanted = ipBytes(host);
  if (wanted === undefined || isWildcard(wanted) || isWildcard(socket.address)) return true;
  return wanted.equals(socket.address);
}

function isWildcard(address: Buffer): boolean {
  return address.every((byte) => byte === 0);
}
