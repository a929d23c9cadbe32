import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import type { Server, ServerCredentials } from '@grpc/grpc-js';
import { type Caller, callerOf } from './caller.ts';
import type { ConnectionPlaces } from './connection-places.ts';

interface DoorwayOptions {
  readonly server: Server;
  readonly credentials: ServerCredentials;
  readonly places: ConnectionPlaces;
}

/**
 * Listens instead of grpc-js, which takes any number of connections, and hands on the connections that have a place.
 */
export class Doorway {
  readonly #net: NetServer;
  readonly #open = new Set<Socket>();

  constructor({ server, credentials, places }: DoorwayOptions) {
    const injector = server.createConnectionInjector(credentials);
    this.#net = createServer({ noDelay: true }, (socket) => {
      const caller = callerOfSocket(socket);
      if (caller === undefined) return void socket.destroy(); // The socket closed before it was looked at.
      this.#open.add(socket);
      places.enter(caller, socket);
      // Before TLS nobody else listens for errors.
      socket.on('error', () => socket.destroy());
      socket.once('close', () => {
        this.#open.delete(socket);
        places.leave(caller.connection, socket);
      });
      injector.injectConnection(socket);
    });
  }

  /** @returns the port. */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#net.once('error', reject);
      this.#net.listen({ host: host.replaceAll(/[[\]]/g, ''), port }, () => {
        this.#net.off('error', reject);
        resolve();
      });
    });
    return addressOf(this.#net).port;
  }

  /** Stops taking new connections. */
  close(): void {
    this.#net.close();
  }

  /** Ends the open connections. */
  destroy(): void {
    for (const socket of this.#open) socket.destroy();
  }
}

/**
 * Part of the descriptors that connections may take: the rest is for the database, the links, and everything
 * else in the process.
 */
const PART_OF_DESCRIPTORS = 0.5;
/** The limit of macOS, for systems that do not report theirs. */
const DESCRIPTORS_UNKNOWN = 256;

/** The wanted number of connections, reduced so that a reserve of descriptors is left. */
export function connectionsMax(wanted: number, descriptors: number = descriptorsMax()): number {
  return Math.max(1, Math.min(wanted, Math.floor(descriptors * PART_OF_DESCRIPTORS)));
}

/** How many files and sockets this process may open; Node has raised the soft limit to the hard one. */
function descriptorsMax(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const soft = /^Max open files\s+(?<soft>\S+)/m.exec(limits)?.groups?.['soft'];
    return soft === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(soft ?? DESCRIPTORS_UNKNOWN);
  } catch {
    return DESCRIPTORS_UNKNOWN; // Without /proc: not Linux.
  }
}

function callerOfSocket({ remoteAddress, remotePort }: Socket): Caller | undefined {
  if (remoteAddress === undefined || remotePort === undefined) return undefined;
  return callerOf({ peer: `${remoteAddress}:${remotePort}` });
}

function addressOf(net: NetServer): AddressInfo {
  const address = net.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address;
}
