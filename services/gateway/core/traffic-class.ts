/**
 * The purpose of a frame. A class lower in the list goes later, everywhere: on the wire and towards consensus (HS-59).
 */
export type TrafficClass = 'consensus' | 'sync' | 'transaction';

/** Every class, first served first. */
export const TRAFFIC_CLASSES: readonly TrafficClass[] = ['consensus', 'sync', 'transaction'];

/** A value for every class. */
export type ByClass<T> = Readonly<Record<TrafficClass, T>>;

/** Builds a value for every class. */
export function byClass<T>(make: (trafficClass: TrafficClass) => T): ByClass<T> {
  return { consensus: make('consensus'), sync: make('sync'), transaction: make('transaction') };
}
