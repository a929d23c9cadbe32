import { isIP } from 'node:net';
import { GRPC_LIMITS } from './limits.ts';
import { ListenError } from './listen-error.ts';

export type Address =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

const HOST_PORT = /^(?<host>\[[0-9a-fA-F:.]+\]|[^:[\]/]+):(?<port>\d{1,5})$/;
const PORT_MAX = 65_535;

/** Reads `host:port`, `[ipv6]:port`, `unix:/path` or `unix:relative`. Refuses anything else as ADDRESS_INVALID. */
export function parseAddress(address: string): Address {
  return address.startsWith('unix:') ? parseUnix(address) : parseTcp(address);
}

/** Whether only processes of this machine can reach the address. */
export function isLocal(address: Address): boolean {
  if (address.kind === 'unix') return true;
  const host = address.host.replaceAll(/[[\]]/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function parseUnix(address: string): Address {
  const path = address.slice('unix:'.length);
  const sizeBytes = Buffer.byteLength(path);
  if (sizeBytes === 0 || path.includes('\0')) throw invalid(address, 'is not the path of a socket');
  if (sizeBytes > GRPC_LIMITS.socketPathBytesMax) {
    const bound = `${sizeBytes} bytes, and Linux takes ${GRPC_LIMITS.socketPathBytesMax}`;
    throw invalid(address, `is too long for a socket (${bound}): use a shorter folder or a relative path`);
  }
  return { kind: 'unix', path };
}

function parseTcp(address: string): Address {
  const { host, port } = HOST_PORT.exec(address)?.groups ?? {};
  if (host === undefined || Number(port) > PORT_MAX) {
    throw invalid(address, 'is neither host:port nor unix:path');
  }
  return { kind: 'tcp', host, port: Number(port) };
}

function invalid(address: string, why: string): ListenError {
  return new ListenError(`address ${address} ${why}`, { code: 'ADDRESS_INVALID', address });
}
