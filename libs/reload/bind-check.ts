import { createServer } from 'node:net';
import { AppError } from '#libs/errors/app-error.ts';
import { BIND_MS } from './limits.ts';

export class AddressUnusableError extends AppError<{
  readonly code: 'ADDRESS_UNUSABLE';
  readonly address: string;
}> {
  override readonly name = 'AddressUnusableError';
}

/** A multiaddr that a TCP socket of this machine can be bound to. */
const BINDABLE = /^\/ip([46])\/([^/]+)\/tcp\/(\d+)$/;
const PORT_MAX = 65_535;

/**
 * Checks that an address of network.addresses can be bound, by binding it for a moment (P2P-63).
 * @throws AddressUnusableError with one sentence for a person.
 */
export async function checkBindable(address: string): Promise<void> {
  const [, family, host, portText] = BINDABLE.exec(address) ?? [];
  const port = Number(portText);
  if (host === undefined)
    throw unusable(address, 'only /ip4/A/tcp/PORT and /ip6/A/tcp/PORT can be listened on');
  if (port > PORT_MAX) throw unusable(address, `the port is above ${PORT_MAX}`);
  const code = await bindFault({ host, port, ipv6Only: family === '6' });
  if (code !== undefined) throw unusable(address, reasonOf(code));
}

export interface BindTarget {
  readonly host: string;
  readonly port: number;
  readonly ipv6Only?: boolean;
}

/** The system's code for a TCP address that cannot be bound, such as EADDRINUSE; undefined when it can. */
export async function bindFault(target: BindTarget): Promise<string | undefined> {
  try {
    await bindForAMoment(target);
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

function bindForAMoment(target: BindTarget): Promise<void> {
  return new Promise((resolve, reject) => {
    // A connection would keep the server from closing.
    const server = createServer((socket) => socket.destroy());
    const late = setTimeout(() => {
      server.close();
      reject(new Error('the system does not answer'));
    }, BIND_MS);
    server.once('error', (error) => {
      clearTimeout(late);
      reject(error);
    });
    server.listen(target, () => {
      clearTimeout(late);
      server.close(() => resolve());
    });
  });
}

function reasonOf(code: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'the port is in use: stop the other program, or take another port';
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'no interface of this machine has it';
    case 'EACCES':
      return 'ports below 1024 are not for this user';
    default:
      return code;
  }
}

function unusable(address: string, reason: string): AddressUnusableError {
  const message = `network.addresses: cannot listen on ${address}: ${reason}`;
  return new AddressUnusableError(message, { code: 'ADDRESS_UNUSABLE', address });
}
