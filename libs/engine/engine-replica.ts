import { hotStuff } from '#libs/protocol/hotstuff/hotstuff.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import type { HotStuffState } from '#libs/protocol/hotstuff/state.ts';
import type { ReplicaPorts } from '#libs/replica/ports.ts';
import { Replica } from '#libs/replica/replica.ts';
import type { EngineOptions } from './engine-options.ts';
import { noticingUnsafe } from './evidence/conduct-watch.ts';
import { tracedHotStuff } from './trace/traced-module.ts';
import { tracedPorts } from './trace/traced-ports.ts';

export type EngineReplica = Replica<HotStuffState, HotStuffMessage, SafetyRecord>;

/** The protocol over its ports; each step is told to the trace, where there is one. */
export function engineReplica(
  { context, module = hotStuff, monitor, trace }: EngineOptions,
  ports: ReplicaPorts<HotStuffMessage, SafetyRecord>,
): EngineReplica {
  const noticed = (protocol: typeof hotStuff) => noticingUnsafe(protocol, monitor);
  if (trace === undefined) return new Replica(noticed(module), context, ports);
  const timeoutMsMax = context.timing.viewTimeoutMsMax;
  return new Replica(noticed(tracedHotStuff(trace)), context, tracedPorts(ports, { trace, timeoutMsMax }));
}
