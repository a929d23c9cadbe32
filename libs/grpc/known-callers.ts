import { constants, type Http2Session } from 'node:http2';
import {
  Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  status,
} from '@grpc/grpc-js';
import { type CallStream, insideOf } from './call-stream.ts';
import { keyPin } from './caller.ts';
import { ConnectionRoom } from './connection-room.ts';

/** The resources that a caller may hold of a server for few callers, each known by the key of its certificate. */
export interface CallerLimits {
  /** The largest request, bytes. */
  readonly messageBytesMax: number;
  /** Calls open at one time on one connection; more are reset before anything looks at them. */
  readonly callsPerConnectionMax: number;
  /** Connections of one key that call anything not shared. */
  readonly connectionsPerKeyMax: number;
  /** Whether any connection may call this method (`/full.Name/Method`): health, and the operator's questions. */
  readonly isShared: (path: string) => boolean;
  /** Time in which a request, or a whole stream of requests, must arrive, ms. */
  readonly requestMsMax: number;
}

/** Frames of any size that a request may come in; further frames must have a minimum size. */
const FRAMES_FREE = 256;
const FRAME_BYTES_MIN = 256;

const ACCEPT_ENCODING = 'grpc-accept-encoding';
const IDENTITY = 'identity';

const COMPRESSED = refusalOf(
  status.UNIMPLEMENTED,
  'compressed requests are not taken: send them as they are (identity)',
);
const CROWDED = refusalOf(
  status.RESOURCE_EXHAUSTED,
  'this key has another connection at work: close that one first, or wait until it is gone',
);

type Listener = Parameters<ServerInterceptingCall['start']>[0];
type Refusal = Parameters<ServerInterceptingCall['sendStatus']>[0];

/** Bounds the callers of one server: one connection each, no compression, no requests in crumbs. */
export function boundingCallers(limits: CallerLimits): ServerInterceptor {
  const room = new ConnectionRoom(limits.connectionsPerKeyMax);
  const pins = new WeakMap<Http2Session, string>();
  const isAtWork = (call: ServerInterceptingCallInterface, session: Http2Session): boolean => {
    const pin = pins.get(session) ?? pinOfCall(call);
    pins.set(session, pin);
    return room.enter(pin, session);
  };
  return ({ path }, call) => {
    const { stream, encoding } = insideOf(call);
    cutCrumbs(stream);
    const refusal = (): Refusal | undefined => {
      if (encoding !== IDENTITY) return COMPRESSED;
      if (stream.session === undefined || limits.isShared(path)) return undefined;
      return isAtWork(call, stream.session) ? undefined : CROWDED;
    };
    return new BoundedCall(call, stream, { refusal, requestMsMax: limits.requestMsMax });
  };
}

interface Bounds {
  readonly refusal: () => Refusal | undefined;
  readonly requestMsMax: number;
}

class BoundedCall extends ServerInterceptingCall {
  readonly #stream: CallStream;
  readonly #bounds: Bounds;

  constructor(call: ServerInterceptingCallInterface, stream: CallStream, bounds: Bounds) {
    super(call);
    this.#stream = stream;
    this.#bounds = bounds;
  }

  override start(listener: Listener): void {
    const refusal = this.#bounds.refusal();
    if (refusal !== undefined) return this.#refuse(refusal);
    const late = setTimeout(
      () => this.#stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM),
      this.#bounds.requestMsMax,
    );
    late.unref(); // A server that stops does not wait for its callers.
    super.start({
      onReceiveMetadata: (metadata) => listener.onReceiveMetadata(metadata),
      onReceiveMessage: (message) => listener.onReceiveMessage(message),
      onReceiveHalfClose: () => {
        clearTimeout(late);
        listener.onReceiveHalfClose();
      },
      onCancel: () => {
        clearTimeout(late);
        listener.onCancel();
      },
    });
  }

  override sendMetadata(metadata: Metadata): void {
    metadata.set(ACCEPT_ENCODING, IDENTITY);
    super.sendMetadata(metadata);
  }

  #refuse(refusal: Refusal): void {
    super.sendStatus(refusal);
    // The rest of the refused request is not read.
    this.#stream.close(constants.NGHTTP2_NO_ERROR);
  }
}

function refusalOf(code: status, details: string): Refusal {
  const metadata = new Metadata();
  metadata.set(ACCEPT_ENCODING, IDENTITY);
  return { code, details, metadata };
}

/** Resets a stream that comes in frames of a few bytes: each of them costs as much as a frame of 16 KiB. */
function cutCrumbs(stream: CallStream): void {
  let frames = 0;
  let bytes = 0;
  stream.on('data', (data: Uint8Array) => {
    frames += 1;
    bytes += data.length;
    if (frames > FRAMES_FREE && bytes < frames * FRAME_BYTES_MIN) {
      stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    }
  });
}

/** SHA-256 of the public key that TLS has verified; empty on a connection without one. */
function pinOfCall(call: ServerInterceptingCallInterface): string {
  const certificate = call.getAuthContext().sslPeerCertificate?.raw;
  return certificate === undefined ? '' : keyPin(certificate);
}
