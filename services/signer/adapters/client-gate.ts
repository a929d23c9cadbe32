import { X509Certificate } from 'node:crypto';
import { toHex } from '#libs/bytes/hex.ts';
import { sha256 } from '#libs/bytes/sha256.ts';
import type { CallContext } from '#libs/grpc/context.ts';
import { SignerError } from '../core/errors.ts';
import { Quota, type Rate } from '../core/quota.ts';

/** What a client can ask for; what is not named here is refused. */
export type Operation = 'describe' | 'session' | 'certificate' | 'sign';

/** One view takes five signatures and four certificates; a busy federation has ten views in a second. */
const RATES: Readonly<Record<Operation, Rate>> = {
  describe: { burst: 20, perSecond: 5 },
  session: { burst: 10, perSecond: 1 },
  certificate: { burst: 64, perSecond: 64 },
  sign: { burst: 128, perSecond: 128 },
};

/** Strangers cannot make the signer read files without end. */
const READINGS: Rate = { burst: 2, perSecond: 1 };

export interface ClientGateOptions {
  /** Common name of the one client that may ask. */
  readonly clientName: string;
  /** SHA-256 of its public key (SPKI), hex; two while it is renewed. Empty: the authority and the name decide. */
  readonly pins: readonly string[];
  /** The pins as they are now: asked when a key is not among them, for it may just have been renewed. */
  readonly readPins: () => readonly string[];
  readonly nowMs: () => number;
}

/** Who may ask, and how often. Deny by default: another key or another name is refused, whoever issued it. */
export class ClientGate {
  readonly #options: ClientGateOptions;
  readonly #quotas: Readonly<Record<Operation, Quota>>;
  readonly #readings: Quota;
  #pins: readonly string[];

  constructor(options: ClientGateOptions) {
    this.#options = options;
    const now = options.nowMs();
    this.#pins = options.pins;
    this.#readings = new Quota(READINGS, now);
    this.#quotas = {
      describe: new Quota(RATES.describe, now),
      session: new Quota(RATES.session, now),
      certificate: new Quota(RATES.certificate, now),
      sign: new Quota(RATES.sign, now),
    };
  }

  /** @throws SignerError `SIGNER_NOT_ALLOWED` or `SIGNER_OVERLOADED`. */
  admit(context: CallContext, operation: Operation): void {
    const { clientName: expected, nowMs } = this.#options;
    if (!this.#isClient(context)) {
      // A warning: it is either a mistake in the set-up, or somebody who took another service's certificate.
      const { clientName, peer } = context;
      context.log.warn('client certificate of another name or key', { peer, clientName });
      throw new SignerError(`only the client certificate of ${expected} may ask`, {
        code: 'SIGNER_NOT_ALLOWED',
      });
    }
    if (this.#quotas[operation].take(nowMs())) return;
    throw new SignerError(`more calls than one client may make (${operation})`, {
      code: 'SIGNER_OVERLOADED',
      waiting: 0,
    });
  }

  #isClient({ clientName, clientCertificate }: CallContext): boolean {
    const { clientName: expected, pins, readPins, nowMs } = this.#options;
    if (clientName !== expected || clientCertificate === undefined) return false;
    if (pins.length === 0) return true;
    const pin = keyPin(clientCertificate);
    if (!this.#pins.includes(pin) && this.#readings.take(nowMs())) this.#pins = readPins();
    return this.#pins.includes(pin);
  }
}

/** SHA-256 of the public key in a certificate (DER or PEM), as SPKI, hex. @throws for what is no certificate. */
export function keyPin(certificate: Uint8Array): string {
  const { publicKey } = new X509Certificate(certificate);
  return toHex(sha256(new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))));
}
