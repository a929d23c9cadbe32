import type { LineRates } from './lines.ts';

/** A tenth of the way: packets of one line come that evenly. */
const JITTER = 0.1;
const WAN_MS = 25;
/** Through the kernel of one machine. */
const LOOPBACK_MS = 0.05;

/** The lines that a federation may have, by name. */
export const NETWORKS: ReadonlyMap<string, LineRates> = new Map([
  ['1gbit', lineOf(1e9, WAN_MS)],
  ['100mbit', lineOf(1e8, WAN_MS)],
  ['local', lineOf(Number.POSITIVE_INFINITY, LOOPBACK_MS)],
]);

function lineOf(bitsPerSecond: number, latencyMs: number): LineRates {
  return { bitsPerSecond, latencyMs, jitterMs: JITTER * latencyMs };
}
