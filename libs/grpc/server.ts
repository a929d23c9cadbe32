import { setTimeout as sleep } from 'node:timers/promises';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { Logger } from '#libs/log/logger.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import type { Tracer } from '#libs/tracing/tracer.ts';
import { type Address, isLocal, parseAddress } from './address.ts';
import { boundedOptions, type CallerBounds, connectionPlaces } from './caller-bounds.ts';
import type { ConnectionPlaces } from './connection-places.ts';
import { Doorway } from './doorway.ts';
import type { GrpcMetrics } from './grpc-metrics.ts';
import { Health } from './health.ts';
import { GRPC_LIMITS } from './limits.ts';
import { bindError, ListenError } from './listen-error.ts';
import { reflectionServices } from './reflection.ts';
import type { BoundService } from './service.ts';
import { type RenewableCredentials, type ServerTls, serverCredentials } from './tls.ts';
import { prepareSocket } from './unix-socket.ts';

export type { ServerTls } from './tls.ts';

export interface GrpcServerOptions extends CallerBounds {
  /** `host:port` (port 0 takes a free one) or `unix:path`. */
  readonly address: string;
  /** Left out: plaintext, on a Unix socket or a loopback address only. */
  readonly tls?: ServerTls;
  readonly services: readonly BoundService[];
  readonly log: Logger;
  /** Told of each call, and of the certificate in force. */
  readonly metrics?: GrpcMetrics | undefined;
  /** Makes spans of the calls whose callers record one. */
  readonly tracer?: Tracer | undefined;
  /** How long running calls may go on when the server stops. */
  readonly limits?: { readonly stopGraceMs: number };
}

export interface GrpcServer extends Lifecycle {
  /** The address it listens on, in the form of `address`. Equal to `address` before `start`. */
  boundAddress(): string;
  /**
   * Takes another certificate, key and authority for new connections; open ones stay.
   * @throws ListenError `TLS_INVALID`; the old ones then stay in force.
   */
  renewTls(tls: ServerTls): void;
  /** Sets the answer of grpc.health.v1 about a service (full name), or about the server as a whole (''). */
  setServing(service: string | '', serving: boolean): void;
}

/**
 * A gRPC server with health (grpc.health.v1) and reflection. From the end of `start` every service is SERVING, unless
 * `setServing` set another status for it. Throws a ListenError for an address or certificate it cannot use.
 */
export function grpcServer(options: GrpcServerOptions): GrpcServer {
  return new ReadyServer(options);
}

class ReadyServer implements GrpcServer {
  readonly #options: GrpcServerOptions;
  readonly #target: Address;
  readonly #health: Health;
  readonly #server: Server;
  readonly #services: readonly BoundService[];
  readonly #places: ConnectionPlaces | undefined;
  #doorway: Doorway | undefined;
  #tls: RenewableCredentials | undefined;
  #bound: string;

  constructor(options: GrpcServerOptions) {
    const names = options.services.map(({ fullName }) => fullName);
    this.#options = options;
    this.#target = parseAddress(options.address);
    this.#places = connectionPlaces(this.#target, options);
    this.#server = new Server(boundedOptions(this.#target, options, this.#places));
    this.#bound = options.address;
    this.#health = new Health(names);
    this.#services = [...options.services, ...reflectionServices(names, options.log)];
    for (const { definition, implementation } of this.#services) {
      this.#server.addService(definition, implementation);
    }
    this.#health.addTo(this.#server);
  }

  boundAddress(): string {
    return this.#bound;
  }

  renewTls(tls: ServerTls): void {
    if (this.#tls === undefined) throw new Error(`${this.#bound} does not speak TLS, or does not listen yet`);
    this.#tls.renew(tls);
    this.#options.metrics?.certificate('server', tls.certificate);
  }

  setServing(service: string, serving: boolean): void {
    this.#health.set(service, serving);
  }

  async start(): Promise<void> {
    const credentials = this.#credentials();
    if (this.#target.kind === 'unix') await prepareSocket(this.#target.path);
    const port = await this.#bind(credentials);
    if (this.#target.kind === 'tcp') this.#bound = `${this.#target.host}:${port}`;
    this.#health.opened();
    this.#options.log.info('grpc server listens', { address: this.#bound, tls: credentials._isSecure() });
  }

  /** Refuses new calls, aborts streams, lets unary calls end within the grace, and then closes every connection. */
  async stop(): Promise<void> {
    this.#health.closed();
    this.#doorway?.close();
    const graceMs = this.#options.limits?.stopGraceMs ?? GRPC_LIMITS.stopGraceMs;
    const graceOver = new AbortController();
    const drained = new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
    for (const service of this.#services) service.abort();
    await Promise.race([drained, sleep(graceMs, undefined, { signal: graceOver.signal }).catch(() => {})]);
    graceOver.abort();
    this.#server.forceShutdown();
    this.#doorway?.destroy();
  }

  #credentials(): ServerCredentials {
    const { tls, address } = this.#options;
    if (tls !== undefined) {
      this.#tls = serverCredentials(tls, address);
      this.#options.metrics?.certificate('server', tls.certificate);
      return this.#tls;
    }
    if (isLocal(this.#target)) return ServerCredentials.createInsecure();
    const message = `address ${address} can be reached by other machines: give a certificate, or use 127.0.0.1`;
    throw new ListenError(message, { code: 'TLS_REQUIRED', address });
  }

  async #bind(credentials: ServerCredentials): Promise<number> {
    if (this.#places === undefined || this.#target.kind === 'unix') return this.#bindAll(credentials);
    const { host, port } = this.#target;
    this.#doorway = new Doorway({ server: this.#server, credentials, places: this.#places });
    return this.#doorway.listen(host, port).catch((cause: Error) => {
      throw bindError(this.#options.address, cause);
    });
  }

  #bindAll(credentials: ServerCredentials): Promise<number> {
    const { address } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(address, credentials, (error, port) => {
        if (error === null) return resolve(port);
        reject(bindError(address, error));
      });
    });
  }
}
