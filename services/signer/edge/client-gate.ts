import { X509Certificate } from 'node:crypto';
import { keyPin } from '#libs/grpc/caller.ts';
import type { CallContext } from '#libs/grpc/context.ts';
import { isKindName } from '#libs/protocol/vote/kind-name.ts';
import type { StatementWords } from '#libs/protocols/statement-words.ts';
import { SignerError } from '../words/errors.ts';
import { CERTIFICATE_BYTES_RATE } from '../words/limits.ts';
import {
  type ClientRow,
  clientOf,
  type Grant,
  grantOf,
  type MatrixCall,
  type Shown,
  signingGrantOf,
} from './client-matrix.ts';
import type { ClientSource } from './client-source.ts';
import { notAllowed, overQuota } from './gate-refusals.ts';
import { Quota, type Rate } from './quota.ts';
import { kindsIn } from './statement-shares.ts';

/** Strangers cannot make the signer read files without end. */
const READINGS: Rate = { burst: 2, perSecond: 1 };

export interface ClientGateOptions {
  readonly clients: ClientSource;
  /** Protocol that the key was bound with. */
  readonly protocol: string;
  /** The protocols whose statements the core may be asked for. */
  readonly words: StatementWords;
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
    const { protocol } = this.#options;
    this.#requireValid(context);
    const client = this.#clientOf(context);
    if (client === undefined) {
      // A warning: either the set-up has a mistake, or somebody stole another service's certificate.
      const { clientName, peer } = context;
      context.log.warn('client certificate of another name or key', { peer, client_name: clientName });
      throw notAllowed('this client certificate may ask for nothing');
    }
    const { operation, kind } = asked;
    if (kind !== undefined) this.#requireKnown(kind);
    const grant =
      kind === undefined ? grantOf(client, { operation, protocol }) : signingGrantOf(client, kind);
    const what = [operation, ...(kind === undefined ? [] : [kind])].join(' ');
    if (grant === undefined) {
      context.log.warn('client asked for an operation that it may not use', {
        client: client.name,
        operation: what,
      });
      throw notAllowed(`${client.name} may not ask for this (${what}): it is not in the client matrix`);
    }
    this.#charge(client, grant, what);
    return client.name;
  }

  /** Whether several protocols have a statement of this kind: then the one in force says which rules of a client count. */
  isOfSeveral(kind: string): boolean {
    return [...this.#options.words.values()].filter((kinds) => Object.hasOwn(kinds, kind)).length > 1;
  }

  /** @throws SignerError `SIGNER_NOT_ALLOWED` where a client that was admitted may sign this kind in other protocols alone. */
  requireIn(name: string, kind: string, protocol: string): void {
    const client = this.#options.clients.matrix().find((row) => row.name === name);
    if (client !== undefined && grantOf(client, { operation: 'sign', protocol, kind }) !== undefined) return;
    throw notAllowed(
      `${name} may not ask for this (sign ${kind} of ${protocol}): it is not in the client matrix`,
    );
  }

  #charge({ name }: ClientRow, { rate }: Grant, what: string): void {
    if (this.#quotaOf(`${name} ${what}`, rate).take(this.#options.nowMs())) return;
    throw overQuota(`more calls than ${name} may make (${what})`);
  }

  /** A kind that no protocol of this version has is refused with those that there are, and is in no log and no metric. */
  #requireKnown(kind: string): void {
    const { words } = this.#options;
    if (!isKindName(kind)) {
      const field = 'statement.kind';
      throw new SignerError(`malformed request: ${field}`, { code: 'SIGNER_MALFORMED', field });
    }
    const kinds = [...words.keys()].map((protocol) => ({ protocol, all: kindsIn(words, protocol, 'sign') }));
    if (kinds.some(({ all }) => all.includes(kind))) return;
    const known = kinds.map(({ protocol, all }) => `${protocol}: ${all.join(', ')}`);
    throw new SignerError(
      `no protocol of this signer has a statement ${kind} (${known.join('; ')}): a newer consensus needs a newer signer`,
      {
        ...{ code: 'SIGNER_WRONG_KIND', kind, view: 0n, provenView: 0n },
        ...{ signed: undefined, markView: undefined },
      },
    );
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
