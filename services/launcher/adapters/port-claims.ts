import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from '#libs/files/lock-file.ts';

/** Where the ports of a local federation begin by default: the first member serves clients at 7101. */
export const DEFAULT_BASE_PORT = 7_100;

/** Where the first member of a local federation serves clients by default. */
export const DEFAULT_ADDRESS = `127.0.0.1:${DEFAULT_BASE_PORT + 1}`;

/** Taken for the life of one local federation, or of this process. */
export interface PortClaim {
  release(): void;
}

/**
 * The right to the ports from `basePort` on, or undefined while another local federation of this machine has it. Between the
 * moment that ports are found free and the moment that services listen there lies a second; two federations that
 * are started at once must not meet there. The kernel holds the claim, so that two who find a dead one do not both
 * take it over; its empty folder stays.
 */
export function claimPorts(basePort: number, folder: string = tmpdir()): PortClaim | undefined {
  const path = join(folder, `btcfed-ports-${basePort}`);
  try {
    mkdirSync(path, { recursive: true });
    return lockFolder(path);
  } catch {
    return undefined; // The claim is held by another federation, or by another user of this machine.
  }
}
