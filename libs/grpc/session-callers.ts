import type { Http2Session } from 'node:http2';
import { TLSSocket } from 'node:tls';
import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { type Caller, callerOf } from './caller.ts';

export interface SessionCaller {
  readonly caller: Caller;
  /** The auth context, with the certificate where one was verified. */
  readonly auth: ReturnType<ServerInterceptingCallInterface['getAuthContext']>;
  /** False: a certificate was shown, and TLS did not verify it. */
  readonly isTrusted: boolean;
}

/** The callers by connection. Each is looked at once, because a certificate costs more to read than a small call. */
export class SessionCallers {
  readonly #callers = new WeakMap<Http2Session, SessionCaller>();

  of(call: ServerInterceptingCallInterface, session: Http2Session | undefined): SessionCaller {
    const known = session === undefined ? undefined : this.#callers.get(session);
    if (known !== undefined) return known;
    const caller = lookAt(call, session);
    if (session !== undefined) this.#callers.set(session, caller);
    return caller;
  }
}

function lookAt(call: ServerInterceptingCallInterface, session: Http2Session | undefined): SessionCaller {
  const auth = call.getAuthContext();
  const peer = call.getPeer();
  // grpc-js gives a certificate that TLS has verified, and no other.
  const certificate = auth.sslPeerCertificate?.raw;
  return {
    caller: callerOf({ peer, certificate }),
    auth,
    isTrusted: certificate !== undefined || !showed(session),
  };
}

/**
 * Whether a certificate was shown: when TLS asks for one without demanding it, it accepts a connection whose
 * certificate it could not verify.
 */
function showed(session: Http2Session | undefined): boolean {
  const socket = session?.socket;
  return socket instanceof TLSSocket && socket.getPeerX509Certificate() !== undefined;
}
