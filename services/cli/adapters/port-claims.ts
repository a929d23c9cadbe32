import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the ports of a local federation begin by default: the first member serves clients at 7101. */
export const DEFAULT_BASE_PORT = 7_100;

/** Taken for the life of one local federation. */
export interface PortClaim {
  release(): void;
}

/**
 * The right to the ports from `basePort` on, or undefined while another local federation of this machine has it. Between the
 * moment that ports are found free and the moment that services listen there lies a second; two federations that
 * are started at once must not meet there.
 */
export function claimPorts(basePort: number, folder: string = tmpdir()): PortClaim | undefined {
  const path = join(folder, `btcfed-${basePort}.lock`);
  for (let tries = 0; tries < 2; tries += 1) {
    try {
      writeFileSync(path, `${process.pid}\n`, { flag: 'wx', mode: 0o644 });
      return { release: () => rmSync(path, { force: true }) };
    } catch {
      if (holderLives(path)) return undefined;
      rmSync(path, { force: true });
    }
  }
  return undefined;
}

/** A file that cannot be read belongs to somebody else, who may well live. */
function holderLives(path: string): boolean {
  try {
    process.kill(Number.parseInt(readFileSync(path, 'utf8'), 10), 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && (error.code === 'EPERM' || error.code === 'EACCES');
  }
}
