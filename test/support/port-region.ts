import { claimPorts } from '#services/cli/adapters/port-claims.ts';

/** Below what Linux gives to outgoing connections (32768 and up). */
const PORT_MIN = 20_000;
const PORT_MAX = 32_000;

/** Ten ports for each of ten members. */
const REGION_SIZE = 100;

export interface PortRegion {
  readonly basePort: number;
  release(): void;
}

/**
 * Ports for the federation of one test. Test files run side by side, and between the moment in which ports are
 * found free and the moment in which services listen on them lie seconds: two tests must not meet there.
 */
export function claimPortRegion(): PortRegion {
  for (let basePort = PORT_MIN; basePort < PORT_MAX; basePort += REGION_SIZE) {
    const claim = claimPorts(basePort);
    if (claim !== undefined) return { basePort, release: () => claim.release() };
  }
  throw new Error('all port regions are claimed: look for btcfed-*.lock in the folder for temporary files');
}
