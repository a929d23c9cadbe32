import type { HostedRecord, HostedState, ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { ReplicaPorts } from '#libs/replica/ports.ts';
import { Replica } from '#libs/replica/replica.ts';
import type { EngineOptions } from './engine-options.ts';
import { noticingConduct } from './evidence/conduct-watch.ts';
import { tracedModule } from './trace/traced-module.ts';
import { tracedPorts } from './trace/traced-ports.ts';

export type EngineReplica = Replica<HostedState, ProtocolMessage, HostedRecord>;

/** The protocol over its ports; each step is told to the trace, where there is one. */
export function engineReplica(
  { protocol, context, monitor, trace }: EngineOptions,
  ports: ReplicaPorts<ProtocolMessage, HostedRecord>,
): EngineReplica {
  const module = noticingConduct(protocol, protocol.module, monitor);
  if (trace === undefined) return new Replica(module, context, ports);
  const { steps, viewTimers } = protocol;
  const timeoutMsMax = context.timing.viewTimeoutMsMax;
  const told = tracedPorts(ports, { trace, steps, viewTimers, timeoutMsMax });
  return new Replica(tracedModule(protocol, module, trace), context, told);
}
