import type { ProcessEnd } from '../adapters/last-words.ts';

/** The events that a supervisor reports while its services run. */
export type SupervisorEvent =
  | { readonly kind: 'crashed'; readonly service: string; readonly end: ProcessEnd; readonly pauseMs: number }
  | { readonly kind: 'restarted'; readonly service: string }
  | { readonly kind: 'given-up'; readonly service: string; readonly end: ProcessEnd }
  /** Reported once for each time that the disk is away, for any number of attempts meanwhile. */
  | { readonly kind: 'disk-away'; readonly service: string; readonly end: ProcessEnd }
  | { readonly kind: 'disk-back'; readonly service: string }
  /** The page of metrics cannot be served; everything else is. */
  | {
      readonly kind: 'page-refused';
      readonly service: string;
      readonly address: string;
      readonly reason: string;
    }
  | { readonly kind: RequestedKind; readonly service: string };

/** Acts of a person, who did not ask for one of them: `stays-down` is a start that failed, and nobody tries it again. */
export type RequestedKind = 'killed' | 'paused' | 'resumed' | 'restarted-by-request' | 'stays-down';
