import type { ServerInterceptor, ServerOptions } from '@grpc/grpc-js';
import type { Tracer } from '#libs/tracing/tracer.ts';
import type { Address } from './address.ts';
import { ConnectionPlaces } from './connection-places.ts';
import { connectionsMax } from './doorway.ts';
import type { GrpcMetrics } from './grpc-metrics.ts';
import { boundingCallers, type CallerLimits } from './known-callers.ts';
import { serverOptions } from './limits.ts';
import { measuringCalls } from './measuring-calls.ts';
import type { StrangerLimits } from './stranger-room.ts';
import { guardingStrangers } from './strangers.ts';
import { tracingCalls } from './tracing-calls.ts';

/** The bounds of a server on those that call it. */
export interface CallerBounds {
  /** The resources of this process that callers may hold, for a server that anybody may call. */
  readonly strangers?: StrangerLimits;
  /**
   * The resources of this process that each caller may hold, for a server that few may call. Instead of `strangers`.
   */
  readonly callers?: CallerLimits;
}

/** The bounds with the figures that tell of calls, those that are refused included. */
interface MeasuredBounds extends CallerBounds {
  readonly metrics?: GrpcMetrics | undefined;
  readonly tracer?: Tracer | undefined;
}

/** The options of grpc-js for a server behind these bounds. `places`: those of its connections, where it listens by itself. */
export function boundedOptions(
  { kind }: Address,
  { strangers, callers, metrics, tracer }: MeasuredBounds,
  places: ConnectionPlaces | undefined,
): ServerOptions {
  const measuring: readonly ServerInterceptor[] = [
    ...(metrics === undefined ? [] : [measuringCalls(metrics)]),
    ...(tracer?.isOn === true ? [tracingCalls(tracer)] : []),
  ];
  const options = { ...serverOptions(kind), interceptors: [...measuring] };
  if (callers !== undefined) {
    return {
      ...options,
      'grpc.max_receive_message_length': callers.messageBytesMax,
      'grpc.max_concurrent_streams': callers.callsPerConnectionMax,
      interceptors: [...measuring, boundingCallers(callers)],
    };
  }
  if (strangers === undefined) return options;
  return {
    ...options,
    'grpc.max_receive_message_length': strangers.messageBytesMax,
    'grpc.max_connection_idle_ms': strangers.idleMsMax,
    interceptors: [...measuring, guardingStrangers(strangers, places)],
  };
}

/** The permissions of its folder guard a Unix socket: its connections are not counted. */
export function connectionPlaces(
  { kind }: Address,
  { strangers }: CallerBounds,
): ConnectionPlaces | undefined {
  if (strangers === undefined || kind === 'unix') return undefined;
  return new ConnectionPlaces(connectionsMax(strangers.connectionsMax));
}
