import type { Lifecycle } from '#libs/service/lifecycle.ts';
import { clientPortLeft } from '../adapters/client-port.ts';
import type { LaunchFacts } from '../core/launch-facts.ts';

/** Comes before the services of members: their client APIs find their addresses free, or nothing is started. */
export function clientPorts(members: readonly LaunchFacts[], signal: AbortSignal): Lifecycle {
  const served = members.filter(({ hasChain }) => hasChain);
  return {
    start: async () => {
      await Promise.all(served.map(({ clientAddress }) => clientPortLeft(clientAddress, signal)));
    },
    stop: async () => {},
  };
}
