import type { ChannelOptions } from '@grpc/grpc-js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Every bound of our gRPC connections, with its reason. */
export const GRPC_LIMITS = {
  /** A certificate that 512 members signed with 256f is 25.6 MB, and a range of blocks beside it 4 MiB; the library's own bound is 4 MiB. */
  messageBytesMax: 32 * MIB,
  /** Halves the round trip of messages of 1 MB against the default of 64 KiB; no effect below 20 KB. */
  windowBytes: 4 * MIB,
  /**
   * Node reads nothing from an HTTP/2 connection while a write on it is under way. When both ends write more than
   * the socket holds, each waits for the other to read, for ever. So on a Unix socket, which holds some 200 KB,
   * neither may have more than this under way. A server of grpc-js takes no window of ours: what it receives has
   * Node's own, which is as small. A larger one for what a client receives is enough to stop both (bidi.test.ts).
   */
  unixWindowBytes: 64 * KIB,
  /** A frozen peer is noticed within keepaliveMs + keepaliveTimeoutMs; without it, never. */
  keepaliveMs: 10_000,
  keepaliveTimeoutMs: 3_000,
  /** Deadline of unary calls that name none. */
  deadlineMs: 5_000,
  /** Reconnecting: a peer that restarts is back within a second or two, and dialling it is cheap. */
  backoffMsInitial: 100,
  backoffMsMax: 2_000,
  /** Calls open at one time on one connection. */
  callsPerConnectionMax: 1_024,
  /** Messages received on a stream and not yet taken by our code; beyond it the sender has to wait. */
  streamBacklogMax: 16,
  /** Calls that run when the server stops get this long to end by themselves. */
  stopGraceMs: 1_000,
  /** sun_path of Linux holds 108 bytes with the closing zero. */
  socketPathBytesMax: 107,
} as const;

/**
 * Watches of the health of one server: of all callers, of those known by a key and those not, of one key or
 * address, of one connection. A load balancer has one; each costs a stream for as long as it stands.
 */
export const HEALTH_WATCHES_MAX = [256, 256, 64, 16] as const;

/** The kind of an `Address`. */
type AddressKind = 'unix' | 'tcp';

export function serverOptions(kind: AddressKind): ChannelOptions {
  return { ...commonOptions(kind), 'grpc.max_concurrent_streams': GRPC_LIMITS.callsPerConnectionMax };
}

export function clientOptions(kind: AddressKind): ChannelOptions {
  return {
    ...commonOptions(kind),
    'grpc.keepalive_permit_without_calls': 1,
    'grpc.initial_reconnect_backoff_ms': GRPC_LIMITS.backoffMsInitial,
    'grpc.min_reconnect_backoff_ms': GRPC_LIMITS.backoffMsInitial,
    'grpc.max_reconnect_backoff_ms': GRPC_LIMITS.backoffMsMax,
    // A proxy named in the environment is for the web, not for the processes of one member.
    'grpc.enable_http_proxy': 0,
    'grpc.enable_retries': 0,
    // Makes `close` close the connection: clients do not share connections.
    'grpc.use_local_subchannel_pool': 1,
  };
}

function commonOptions(kind: AddressKind): ChannelOptions {
  const { messageBytesMax, windowBytes, unixWindowBytes, keepaliveMs, keepaliveTimeoutMs } = GRPC_LIMITS;
  return {
    'grpc.max_receive_message_length': messageBytesMax,
    'grpc.max_send_message_length': messageBytesMax,
    'grpc-node.flow_control_window': kind === 'unix' ? unixWindowBytes : windowBytes,
    'grpc.keepalive_time_ms': keepaliveMs,
    'grpc.keepalive_timeout_ms': keepaliveTimeoutMs,
  };
}
