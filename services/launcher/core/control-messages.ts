import type { ServiceName } from './service-names.ts';

/** The acts of a person on a member of a federation that runs. */
export const CONTROL_VERBS = ['kill', 'restart', 'pause', 'resume'] as const;

export type ControlVerb = (typeof CONTROL_VERBS)[number];

export const SERVICE_STATES = ['starting', 'running', 'paused', 'ended', 'down', 'stopped'] as const;

/**
 * The state of a supervised service. `ended`: by itself, it is started again after a pause. `down`: by request, or a start by
 * request failed; it stays so until a person restarts it. `stopped`: with its supervisor.
 */
export type ServiceState = (typeof SERVICE_STATES)[number];

/** An act on one service of a member, or on all of them. */
export interface ControlOrder {
  readonly verb: ControlVerb;
  readonly member: string;
  readonly service?: ServiceName | undefined;
}

/** A request to the process that runs a federation. */
export type ControlRequest = ControlOrder | { readonly verb: 'list' };

export interface ServiceStanding {
  readonly service: ServiceName;
  readonly state: ServiceState;
  /** Left out while it has no process. */
  readonly pid?: number | undefined;
}

export interface MemberStanding {
  readonly name: string;
  readonly clientAddress: string;
  readonly services: readonly ServiceStanding[];
}

/** The nats-server that a federation started for itself: no order is for it. */
export type EventServerStanding = Omit<ServiceStanding, 'service'>;

/** The answer to a request that was taken. */
export type ControlAnswered =
  | {
      readonly kind: 'listed';
      readonly members: readonly MemberStanding[];
      /** Left out where events are off, or go to a server that somebody named. */
      readonly natsServer?: EventServerStanding | undefined;
    }
  /** The services that the order was carried out on. */
  | { readonly kind: 'done'; readonly services: readonly ServiceName[] };

/** The sentence of a refusal names the fault and the cure. With `service`, as "m2 consensus": it failed to start. */
export type ControlAnswer =
  | ControlAnswered
  | { readonly kind: 'refused'; readonly sentence: string; readonly service?: string | undefined };
