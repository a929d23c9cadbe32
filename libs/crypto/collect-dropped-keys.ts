import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Frees keys that nobody refers to any more: OpenSSL clears a key when it is freed, and Node frees it when its
 * object is collected, which by itself may be hours later.
 */
export function collectDroppedKeys(): void {
  collect ??= exposedCollector();
  collect();
}

/** The collector is not within reach unless Node was told so at its start; this tells it now. */
function exposedCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
