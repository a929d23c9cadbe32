import { holdPorts } from '#services/launcher/adapters/free-ports.ts';
import { claimPorts } from '#services/launcher/adapters/port-claims.ts';

/** Below what Linux gives to outgoing connections (32768 and up). */
const PORT_MIN = 20_000;

/** Ten ports for each of ten members. */
const REGION_SIZE = 100;
const REGIONS = 120;

export interface PortRegion {
  readonly basePort: number;
  release(): void;
}

/**
 * Ports for the federation of one test. Test files run side by side, and between the moment in which ports are found
 * free and the moment in which services listen on them lie seconds: two tests must not meet there. The search begins
 * at a random port, for test runs that cannot see each other's claims, as those of two users of one machine.
 */
export async function claimPortRegion(): Promise<PortRegion> {
  const first = Math.floor(Math.random() * REGIONS);
  for (let tried = 0; tried < REGIONS; tried++) {
    const basePort = PORT_MIN + ((first + tried) % REGIONS) * REGION_SIZE;
    const claim = claimPorts(basePort);
    if (claim === undefined) continue;
    if (await areFree(basePort)) return { basePort, release: () => claim.release() };
    claim.release();
  }
  throw new Error('all port regions are claimed or in use: too many federations run here');
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
