import { constants } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { ChannelCredentials, ServerCredentials } from '@grpc/grpc-js';
import { ListenError } from './listen-error.ts';

/** PEM of the certificate (with its chain) and key of a server. */
export interface ServerTls {
  readonly certificate: Buffer;
  readonly key: Buffer;
  /** Authority that client certificates must come from. With one each client is asked for its certificate. */
  readonly ca?: Buffer;
  /** Whether a client without a certificate, or with one of another authority, is refused by TLS itself. */
  readonly requireClientCertificate: boolean;
  /**
   * `hybrid`: clients that cannot do X25519MLKEM768 are refused; anybody who records their traffic could read
   * it later.
   */
  readonly keyExchange?: 'hybrid';
}

/** PEM of the authority that a client trusts, and of its own certificate where the server asks for one. */
export interface ClientTls {
  readonly ca: Buffer;
  readonly certificate?: Buffer;
  readonly key?: Buffer;
  /** Name that the server's certificate must carry, when it is not the host that is dialled. */
  readonly serverName?: string;
}

/**
 * The oldest version allowed. Both ends are ours, so nothing older is needed; OpenSSL 3.5 then offers the hybrid
 * X25519MLKEM768 first.
 */
const MIN_VERSION = 'TLSv1.3';

/** X25519 and ML-KEM-768 together (RFC 9794 words it "hybrid"): an eavesdropper must break both. */
const HYBRID_GROUP = 'X25519MLKEM768';

/** Time for the handshake of a new connection; Node would wait two minutes. */
const HANDSHAKE_MS_MAX = 10_000;

/**
 * A resumed session has the certificate that was judged at its start: an expired certificate, or one of an authority
 * that is no longer trusted, would count. So a client that must show a certificate makes a full handshake each time.
 */
const NO_RESUMPTION = { secureOptions: constants.SSL_OP_NO_TICKET } as const;

/** Credentials for TLS 1.3 only. `createSsl` of grpc-js would take TLS 1.2 and has no option for it. */
export function serverCredentials(tls: ServerTls, address: string): RenewableCredentials {
  return new Tls13ServerCredentials(tls, address);
}

/** Credentials of a server whose certificate changes while it serves: connections that are open stay. */
export interface RenewableCredentials extends ServerCredentials {
  /** @throws ListenError `TLS_INVALID`; the old certificate then stays in force. */
  renew(tls: ServerTls): void;
}

function secureContextOf(tls: ServerTls, address: string): SecureContextOptions {
  if (tls.requireClientCertificate && tls.ca === undefined) {
    throw tlsInvalid(address, 'client certificates are required, and no authority is given to check them');
  }
  const groups = tls.keyExchange === 'hybrid' ? { ecdhCurve: HYBRID_GROUP } : {};
  const context = {
    cert: tls.certificate,
    key: tls.key,
    ca: tls.ca,
    minVersion: MIN_VERSION,
    ...groups,
    ...(tls.ca === undefined ? {} : NO_RESUMPTION),
  } as const;
  checked(context, address);
  return context;
}

export function clientCredentials(tls: ClientTls | undefined, address: string): ChannelCredentials {
  if (tls === undefined) return ChannelCredentials.createInsecure();
  const { ca, certificate, key } = tls;
  return ChannelCredentials.createFromSecureContext(
    // The given authorities are trusted as they are, also a certificate that another authority made.
    checked({ ca, cert: certificate, key, minVersion: MIN_VERSION, allowPartialTrustChain: true }, address),
  );
}

class Tls13ServerCredentials extends ServerCredentials implements RenewableCredentials {
  readonly #address: string;

  constructor(tls: ServerTls, address: string) {
    super(
      {
        requestCert: tls.ca !== undefined,
        rejectUnauthorized: tls.requireClientCertificate,
        minVersion: MIN_VERSION,
        handshakeTimeout: HANDSHAKE_MS_MAX,
      },
      secureContextOf(tls, address),
    );
    this.#address = address;
  }

  renew(tls: ServerTls): void {
    this.updateSecureContextOptions(secureContextOf(tls, this.#address));
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}

/** Reads the PEM now: grpc-js would find a bad one at the first connection. The error of OpenSSL holds no key. */
function checked(options: SecureContextOptions, address: string): SecureContext {
  try {
    return createSecureContext(options);
  } catch (cause) {
    throw tlsInvalid(address, 'certificate and key cannot be used together', cause);
  }
}

function tlsInvalid(address: string, why: string, cause?: unknown): ListenError {
  return new ListenError(`TLS for ${address}: ${why}`, { code: 'TLS_INVALID', address }, { cause });
}
