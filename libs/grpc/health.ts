import type { Server } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';

/** The standard health service (grpc.health.v1), for one server. The empty name is the server as a whole. */
export class Health {
  readonly #names: readonly string[];
  readonly #implementation: HealthImplementation;
  readonly #stated = new Map<string, boolean>();

  /** Nothing serves until `opened`. */
  constructor(names: readonly string[]) {
    this.#names = ['', ...names];
    this.#implementation = new HealthImplementation();
    this.#apply(() => false);
  }

  addTo(server: Server): void {
    this.#implementation.addToServer(server);
  }

  /** States whether `service` serves, now and after `opened`. */
  set(service: string, serving: boolean): void {
    this.#stated.set(service, serving);
    this.#implementation.setStatus(service, serving ? 'SERVING' : 'NOT_SERVING');
  }

  /** The server listens: what was not stated otherwise serves. */
  opened(): void {
    this.#apply((name) => this.#stated.get(name) ?? true);
  }

  /** The server stops. */
  closed(): void {
    this.#apply(() => false);
  }

  #apply(isServing: (name: string) => boolean): void {
    for (const name of new Set([...this.#names, ...this.#stated.keys()])) {
      this.#implementation.setStatus(name, isServing(name) ? 'SERVING' : 'NOT_SERVING');
    }
  }
}
