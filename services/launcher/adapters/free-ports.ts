import { createServer, type Server } from 'node:net';
import { invalidInput } from '../words/errors.ts';

/** Below the range that Linux takes for outgoing connections (32768 and up), so that none of these steals one. */
const PORT_MIN = 20_000;
const PORT_COUNT = 12_000;
const HOST = '127.0.0.1';
const PORT_MAX = 65_535;

/** Ports that nobody else can take until they are released, which is done right before they are used. */
export interface HeldPorts {
  readonly ports: readonly number[];
  release(): Promise<void>;
}

/**
 * Finds and holds `count` free TCP ports on loopback, from a random place on.
 * @param run - So many follow each other each time; `count` is a multiple of it.
 */
export async function holdFreePorts(count: number, run = 1): Promise<HeldPorts> {
  const held: Server[] = [];
  const runs = Math.floor(PORT_COUNT / run);
  const start = Math.floor(Math.random() * runs);
  for (let tried = 0; held.length < count && tried < runs; tried += 1) {
    held.push(...(await holdRun(PORT_MIN + ((start + tried) % runs) * run, run)));
  }
  if (held.length === count) return heldPorts(held);
  await releaseAll(held);
  throw invalidInput(
    `only ${held.length} of ${count} ports between ${PORT_MIN} and ${PORT_MIN + PORT_COUNT} are free`,
  );
}

/** All ports from `first` on, or none. */
async function holdRun(first: number, length: number): Promise<readonly Server[]> {
  const held: Server[] = [];
  while (held.length < length) {
    const server = await hold(first + held.length);
    if (typeof server === 'string') {
      await releaseAll(held);
      return [];
    }
    held.push(server);
  }
  return held;
}

/**
 * Holds exactly these ports.
 * @throws CliError `CLI_INVALID_INPUT` naming the port that is in use.
 */
export async function holdPorts(ports: readonly number[]): Promise<HeldPorts> {
  const held: Server[] = [];
  for (const port of ports) {
    const server = port <= PORT_MAX ? await hold(port) : 'there is no such port';
    if (typeof server !== 'string') {
      held.push(server);
      continue;
    }
    await releaseAll(held);
    throw invalidInput(`port ${port} cannot be used: ${server}; choose another --base-port`);
  }
  return heldPorts(held);
}

function heldPorts(held: readonly Server[]): HeldPorts {
  return { ports: held.map(portOf), release: () => releaseAll(held) };
}

/** A server on that port, or why there is none. */
function hold(port: number): Promise<Server | string> {
  return new Promise((resolve) => {
    // An early caller is disconnected: an open connection would keep the release of the port from ever ending.
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => resolve(reasonOf(error)));
    server.listen({ port, host: HOST, exclusive: true }, () => resolve(server));
  });
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'EADDRINUSE') return 'it is in use';
  if (error.code === 'EACCES') return 'this user may not listen on it';
  return error.message;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a listening TCP server has a port');
  return address.port;
}

async function releaseAll(held: readonly Server[]): Promise<void> {
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
}
