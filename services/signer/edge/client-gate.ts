import { X509Certificate } from 'node:crypto';
import { keyPin } from '#libs/grpc/caller.ts';
import type { CallContext } from '#libs/grpc/context.ts';
import { SignerError } from '../words/errors.ts';
import { CERTIFICATE_BYTES_RATE } from '../words/limits.ts';
import { type ClientRow, clientOf, grantOf, type MatrixCall, type Shown } from './client-matrix.ts';
import type { ClientSource } from './client-source.ts';
import { Quota, type Rate } from './quota.ts';

/** Strangers cannot make the signer read files without end. */
const READINGS: Rate = { burst: 2, perSecond: 1 };

export interface ClientGateOptions {
  readonly clients: ClientSource;
  /** Protocol that the signer signs for. */
  readonly protocol: string;
  readonly nowMs: () => number;
  /** Wall clock, ms since 1970: certificates expire by it. */
  readonly wallMs: () => number;
}

/**
 * Decides which client may ask for which call, and how often. Deny by default: a key or a call that is not in
 * the matrix is refused.
 */
export class ClientGate {
  readonly #options: ClientGateOptions;
  /** The quotas by client, call and rate: a changed rate begins a new quota. */
  readonly #quotas = new Map<string, Quota>();
  readonly #readings: Quota;

  constructor(options: ClientGateOptions) {
    this.#options = options;
    this.#readings = new Quota(READINGS, options.nowMs());
  }

  /** @returns the name of the client. @throws SignerError `SIGNER_NOT_ALLOWED` or `SIGNER_OVERLOADED`. */
  admit(context: CallContext, asked: Omit<MatrixCall, 'protocol'>): string {
    const { protocol, nowMs } = this.#options;
    this.#requireValid(context);
    const client = this.#clientOf(context);
    if (client === undefined) {
      // A warning: either the set-up has a mistake, or somebody stole another service's certificate.
      const { clientName, peer } = context;
      context.log.warn('client certificate of another name or key', { peer, client_name: clientName });
      throw notAllowed('this client certificate may ask for nothing');
    }
    const grant = grantOf(client, { ...asked, protocol });
    const what = [asked.operation, ...(asked.phase === undefined ? [] : [asked.phase])].join(' ');
    if (grant === undefined) {
      context.log.warn('client asked for an operation that it may not use', {
        client: client.name,
        operation: what,
      });
      throw notAllowed(`${client.name} may not ask for this (${what}): it is not in the client matrix`);
    }
    const key = `${client.name} ${grant.operation} ${grant.phase}`;
    if (this.#quotaOf(key, grant.rate).take(nowMs())) return client.name;
    throw overQuota(`more calls than ${client.name} may make (${what})`);
  }

  /** Charges the bytes of a certificate to this client's quota. @throws SignerError `SIGNER_OVERLOADED`. */
  admitBytes(client: string, bytes: number): void {
    const { nowMs } = this.#options;
    if (this.#quotaOf(`${client} bytes`, CERTIFICATE_BYTES_RATE).take(nowMs(), bytes)) return;
    throw overQuota(`more bytes of certificates than ${client} may send`);
  }

  /** TLS checks the expiry only at the beginning of a connection, and a connection may last for months. */
  #requireValid({ clientCertificate, log, peer }: CallContext): void {
    if (clientCertificate === undefined) return;
    const { validToDate } = new X509Certificate(clientCertificate);
    if (validToDate.getTime() > this.#options.wallMs()) return;
    log.warn('client certificate has expired on an open connection', { peer });
    throw notAllowed('this client certificate has expired: renew it, and connect again');
  }

  #clientOf({ clientName, clientCertificate }: CallContext): ClientRow | undefined {
    if (clientName === undefined || clientCertificate === undefined) return undefined;
    const { clients, nowMs } = this.#options;
    const shown: Shown = { commonName: clientName, pin: keyPin(clientCertificate) };
    const known = clientOf(clients.matrix(), shown);
    if (known !== undefined || !this.#readings.take(nowMs())) return known;
    return clientOf(clients.again(), shown);
  }

  #quotaOf(what: string, rate: Rate): Quota {
    const key = `${what} ${rate.burst} ${rate.perSecond}`;
    const known = this.#quotas.get(key);
    if (known !== undefined) return known;
    const quota = new Quota(rate, this.#options.nowMs());
    this.#quotas.set(key, quota);
    return quota;
  }
}

function overQuota(sentence: string): SignerError {
  return new SignerError(sentence, { code: 'SIGNER_OVERLOADED', waiting: 0 });
}

function notAllowed(sentence: string): SignerError {
  return new SignerError(sentence, { code: 'SIGNER_NOT_ALLOWED' });
}
