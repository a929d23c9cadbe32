import { fileURLToPath } from 'node:url';

/**
 * For the environment of a process that a test starts from the sources: its code is compiled once for all of them. `npm test`
 * has its own processes use the same folder.
 */
export const COMPILE_CACHE = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../../../.cache/node', import.meta.url)),
} as const;
