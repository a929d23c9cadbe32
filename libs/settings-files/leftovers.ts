import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Names of files that an atomic write leaves when the process is killed in the middle of it. */
const LEFTOVER = /^(?:conf|peers)\.yaml\.[0-9a-f]{8}\.tmp$/;

/**
 * Removes half-written files of an earlier run (P2P-35). One of conf.yaml may hold a private key that nobody uses.
 */
export async function removeLeftovers(home: string): Promise<void> {
  const names = await readdir(home).catch(() => []);
  for (const name of names.filter((own) => LEFTOVER.test(own))) await rm(join(home, name), { force: true });
}
