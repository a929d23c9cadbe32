import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Frees keys that nothing refers to any more. OpenSSL clears a key when it is freed, and Node frees it when its
 * object is collected; without this call that may take hours.
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
