import { type Server, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import { service } from 'grpc-health-check';
import { type HealthRequest, type HealthWatch, HealthWatches, type ServingStatus } from './health-watches.ts';
import { codedError } from './status.ts';

const UNKNOWN_SERVICE = codedError({
  status: status.NOT_FOUND,
  errorCode: 'HEALTH_SERVICE_UNKNOWN',
  details: 'this server has no service of that name: List names those it has',
});

/**
 * The standard health service (grpc.health.v1), for one server. The empty name is the server as a whole. The library brings
 * the contract; its own implementation keeps every name that anybody ever watched, and takes any number of watches.
 */
export class Health {
  readonly #names: readonly string[];
  readonly #watches = new HealthWatches((name) => this.#statuses.get(name));
  readonly #statuses = new Map<string, ServingStatus>();
  readonly #stated = new Map<string, boolean>();

  /** No service serves until `opened`. */
  constructor(names: readonly string[]) {
    this.#names = ['', ...names];
    this.#apply(() => false);
  }

  addTo(server: Server): void {
    server.addService(service, {
      check: ({ request }: ServerUnaryCall<HealthRequest, unknown>, done: sendUnaryData<unknown>) => {
        const found = this.#statuses.get(request.service);
        if (found === undefined) done(UNKNOWN_SERVICE);
        else done(null, { status: found });
      },
      list: (_call: ServerUnaryCall<unknown, unknown>, done: sendUnaryData<unknown>) => {
        const statuses = [...this.#statuses].map(([name, found]) => [name, { status: found }]);
        done(null, { statuses: Object.fromEntries(statuses) });
      },
      watch: (call: HealthWatch) => this.#watches.open(call),
    });
  }

  /** States whether `service` serves, now and after `opened`. */
  set(name: string, serving: boolean): void {
    this.#stated.set(name, serving);
    this.#put(name, serving);
  }

  /** The server listens: services without a stated status serve. */
  opened(): void {
    this.#apply((name) => this.#stated.get(name) ?? true);
  }

  /** The server stops. */
  closed(): void {
    this.#apply(() => false);
  }

  #apply(isServing: (name: string) => boolean): void {
    for (const name of new Set([...this.#names, ...this.#stated.keys()])) this.#put(name, isServing(name));
  }

  #put(name: string, serving: boolean): void {
    const next = serving ? 'SERVING' : 'NOT_SERVING';
    if (this.#statuses.get(name) === next) return;
    this.#statuses.set(name, next);
    this.#watches.tell(name, next);
  }
}
