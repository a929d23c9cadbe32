import type { ServiceName } from '#services/launcher/core/service-names.ts';

/** A federation, its load, and its perturbations, as data: so a failure is a file. */
export interface Manifest {
  readonly name: string;
  readonly members: number;
  /** Signature scheme of the consensus keys; the usual one when left out. */
  readonly scheme?: string;
  /** Protocol of the chain; the usual one when left out. */
  readonly protocol?: string;
  readonly load: Load;
  /** Done one after the other, in this order. */
  readonly perturbations: readonly Perturbation[];
  /** Time after the last perturbation within which all submitted transactions must be final everywhere. */
  readonly settleMs: number;
}

/** Transactions from clients of all members in turn, while anything happens. */
export interface Load {
  readonly perSecond: number;
  readonly transactionBytes: number;
}

/** The time at which it begins; an overdue perturbation begins at once. */
export type Trigger =
  /** Since the load began. */
  { readonly atMs: number } | { readonly afterHeight: number };

/** The perturbation and its duration. Afterwards everything is as before. */
export type Perturbation = Trigger & { readonly forMs: number } & Deed;

export type Deed =
  /** SIGKILL, and started again. */
  | { readonly kind: 'kill'; readonly member: number; readonly services: readonly ServiceName[] }
  /** SIGTERM, and started again. */
  | { readonly kind: 'restart'; readonly member: number; readonly services: readonly ServiceName[] }
  /** SIGSTOP and SIGCONT: connections stand and nobody answers. */
  | { readonly kind: 'pause'; readonly member: number; readonly services: readonly ServiceName[] }
  /** Nothing reaches a member or leaves it. */
  | { readonly kind: 'disconnect'; readonly member: number }
  /** Nothing passes between members of different groups. */
  | { readonly kind: 'partition'; readonly groups: readonly (readonly number[])[] }
  /** Two members reach everybody but each other, and are told nothing. */
  | { readonly kind: 'black-hole'; readonly pair: readonly [number, number] }
  /** Nothing passes from some members to others; the way back is open. */
  | { readonly kind: 'one-way-loss'; readonly from: readonly number[]; readonly to: readonly number[] }
  /** Every frame takes longer, and some are lost. */
  | { readonly kind: 'bad-network'; readonly delayMs: number; readonly loss: number }
  /** The network card of a member goes down for `forMs` and comes back, so many times. */
  | { readonly kind: 'link-flaps'; readonly member: number; readonly times: number }
  /** A member has another address, and after `forMs` its old one again. */
  | { readonly kind: 'address-change'; readonly member: number }
  /** A member starts while another program has the port of its gateway: it must say so and end, and start once it is free. */
  | { readonly kind: 'port-taken'; readonly member: number }
  /** SIGKILL for every service of every member at once. */
  | { readonly kind: 'power-cut' }
  /** All services of a member but the signer start again with a time of day that is wrong by so much. */
  | { readonly kind: 'clock-skew'; readonly member: number; readonly shiftMs: number }
  /** No byte fits into the home of a member any more; then there is room again and its services are restarted. */
  | { readonly kind: 'disk-full'; readonly member: number }
  /** Kills the consensus of each leader, again and again; each is down for `forMs`. */
  | { readonly kind: 'leader-chase'; readonly times: number }
  /** Every member in turn is down for `forMs`, its four services, while the others go on. */
  | { readonly kind: 'changing-minority'; readonly cycles: number };

/** The result of a run. */
export interface Outcome {
  readonly name: string;
  readonly members: number;
  readonly scheme: string;
  readonly seconds: number;
  /** Perturbations that were done, and perturbations that this machine does not allow. */
  readonly perturbed: number;
  readonly leftOut: readonly string[];
  readonly transactions: number;
  readonly height: bigint;
  /** Longest time after a fault of the network until all members were connected again. */
  readonly reconnectMsMax: number;
  /** Longest time without a new final block anywhere. */
  readonly stallMsMax: number;
  /**
   * The events that came later than asked for. Lateness fails the long run, which has a machine to itself, and not
   * `npm test`.
   */
  readonly late: readonly string[];
  /** Empty when all is well. */
  readonly violations: readonly string[];
}
