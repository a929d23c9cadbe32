import { circleOf } from './node-epoch.ts';
import type { NodePorts } from './node-ports.ts';
import { AutoSuspension, type SuspensionOptions } from './suspension/auto-suspension.ts';

/** The votes of a node about members that are away; undefined where no signer signs them. */
export function suspensionOf(
  ports: NodePorts,
  node: Pick<SuspensionOptions, 'probe' | 'submit'>,
): AutoSuspension | undefined {
  const { name, book, chain, clock, automaticVotes: votes } = ports;
  if (votes === undefined) return undefined;
  return new AutoSuspension({
    ...{ name, votes, clock, ...node },
    membership: () => book.current,
    height: () => chain.tip().header.height,
    circle: () => circleOf(ports).keys,
  });
}
