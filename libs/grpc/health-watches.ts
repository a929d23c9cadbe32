import { type ServerWritableStream, status } from '@grpc/grpc-js';
import { FairPlaces } from '#libs/shares/fair-places.ts';
import { callerOf, pathOf } from './caller.ts';
import { HEALTH_WATCHES_MAX } from './limits.ts';
import { type CodedRefusal, codedError } from './status.ts';

export type ServingStatus = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';

export interface HealthRequest {
  readonly service: string;
}

export type HealthWatch = ServerWritableStream<HealthRequest, { readonly status: ServingStatus }>;

const CROWDED: CodedRefusal = {
  status: status.RESOURCE_EXHAUSTED,
  errorCode: 'HEALTH_TOO_MANY_WATCHES',
  details: 'too many watches of this caller stand here: end one, or use Check',
};
const GAVE_WAY: CodedRefusal = {
  status: status.RESOURCE_EXHAUSTED,
  errorCode: 'HEALTH_WATCH_GAVE_WAY',
  details: 'this watch gave its place to a caller with fewer: watch again later, or use Check',
};

/** The watchers of a server's health: few, shared fairly, and forgotten once they are gone. */
export class HealthWatches {
  readonly #statusOf: (name: string) => ServingStatus | undefined;
  readonly #places = new FairPlaces(HEALTH_WATCHES_MAX);
  /** The watches by the name of a service that exists. */
  readonly #watching = new Map<string, Set<HealthWatch>>();

  constructor(statusOf: (name: string) => ServingStatus | undefined) {
    this.#statusOf = statusOf;
  }

  open(call: HealthWatch): void {
    const peer = call.getPeer();
    const certificate = call.getAuthContext().sslPeerCertificate?.raw;
    const leave = this.#places.enter({
      path: pathOf(callerOf({ peer, certificate })),
      giveWay: () => {
        this.#forget(call);
        call.emit('error', codedError(GAVE_WAY));
      },
    });
    if (leave === undefined) return void call.emit('error', codedError(CROWDED));
    call.once('cancelled', () => {
      leave();
      this.#forget(call);
    });
    const found = this.#statusOf(call.request.service);
    // A watch of an unknown name is not kept: the name may be long, and anybody may invent another.
    if (found !== undefined) this.#keep(call);
    call.write({ status: found ?? 'SERVICE_UNKNOWN' });
  }

  tell(name: string, now: ServingStatus): void {
    for (const call of this.#watching.get(name) ?? []) call.write({ status: now });
  }

  #keep(call: HealthWatch): void {
    const { service } = call.request;
    const watching = this.#watching.get(service) ?? new Set();
    this.#watching.set(service, watching.add(call));
  }

  #forget(call: HealthWatch): void {
    this.#watching.get(call.request.service)?.delete(call);
  }
}
