import { createServer } from 'node:net';
import { holdPorts } from '#services/launcher/adapters/free-ports.ts';

/** Below what Linux gives to outgoing connections (32768 and up). */
const PORT_MIN = 20_000;

/** Ten ports for each of ten members. */
const REGION_SIZE = 100;
const REGIONS = 120;
/** Behind the regions lies one port for each: the process that listens there has the region. No service is ever put there. */
const CLAIM_PORT_MIN = PORT_MIN + REGIONS * REGION_SIZE;

export interface PortRegion {
  readonly basePort: number;
  release(): void;
}

/**
 * Ports for the federation of one test. Test files run side by side, and between the moment in which ports are found
 * free and the moment in which services listen on them lie seconds: two tests must not meet there. A port of its own is
 * the claim, not a file: it holds among all users of the machine, and ends with the process, however that ends.
 *
 * @param first - The region that is tried first; a random one when left out.
 */
export async function claimPortRegion(
  first: number = Math.floor(Math.random() * REGIONS),
): Promise<PortRegion> {
  for (let tried = 0; tried < REGIONS; tried++) {
    const region = (first + tried) % REGIONS;
    const basePort = PORT_MIN + region * REGION_SIZE;
    const release = await claimed(CLAIM_PORT_MIN + region);
    if (release === undefined) continue;
    if (await areFree(basePort)) return { basePort, release };
    release();
  }
  throw new Error('all port regions are claimed or in use: too many federations run here');
}

/** Ends the claim; undefined while somebody else has it. */
function claimed(port: number): Promise<(() => void) | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy()).unref();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(() => server.close()));
  });
}

async function areFree(basePort: number): Promise<boolean> {
  try {
    const held = await holdPorts(Array.from({ length: REGION_SIZE }, (_, offset) => basePort + offset));
    await held.release();
    return true;
  } catch {
    return false;
  }
}
