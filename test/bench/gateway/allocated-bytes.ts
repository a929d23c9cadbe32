import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** In the folder of a gateway whose allocations are counted. */
export const ALLOCATED_FILE = 'allocated-bytes';

/** Longer than the pause between two writes of the count. */
const SETTLED_MS = 500;

/** Bytes that these gateways have allocated outside of V8's heap since their start. */
export async function allocatedBytes(homes: readonly string[]): Promise<number> {
  await sleep(SETTLED_MS);
  return homes.reduce((sum, home) => sum + Number(readFileSync(join(home, ALLOCATED_FILE), 'latin1')), 0);
}
