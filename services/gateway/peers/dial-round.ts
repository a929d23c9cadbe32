import type { AddressResolver } from '../ports/name-service.ts';
import type { PeerNetwork } from '../ports/peer-network.ts';

export interface DialRoundOptions {
  readonly network: Pick<PeerNetwork, 'dial'>;
  readonly resolver: AddressResolver;
  readonly peerId: string;
  /** `peers.connection_timeout`, for each address. */
  readonly timeoutMs: () => number;
  /** Whether another connection made the rest of the round needless. */
  readonly isConnected: () => boolean;
  readonly onFailed: (failure: AddressFailure) => void;
}

/** One address of a round that led nowhere. */
export interface AddressFailure {
  readonly address: string;
  /** Number of the attempt, from 1. */
  readonly attempt: number;
  readonly total: number;
  readonly reason: string;
}

/** The outcome of a round: the address that was reached, or why none was. */
export type DialOutcome = { readonly reached: string } | { readonly reason: string };

/** Tries addresses in order, each with its own time limit; names are looked up first (P2P-04, P2P-06). */
export async function dialRound(
  addresses: readonly string[],
  signal: AbortSignal,
  options: DialRoundOptions,
): Promise<DialOutcome> {
  let reason = 'no address';
  for (const [index, address] of addresses.entries()) {
    if (index > 0 && options.isConnected()) break;
    try {
      return { reached: await dialAddress(address, signal, options) };
    } catch (error) {
      reason = `${address}: ${error instanceof Error ? error.message : String(error)}`;
    }
    // Cut short by ourselves: another connection came first, or the peer was removed from the list.
    if (signal.aborted) break;
    options.onFailed({ address, attempt: index + 1, total: addresses.length, reason });
  }
  return { reason };
}

/** Dials, in order, all addresses behind one configured address, and gives the connection that answered. */
async function dialAddress(address: string, signal: AbortSignal, options: DialRoundOptions): Promise<string> {
  const { network, resolver, peerId, timeoutMs } = options;
  let failure: unknown = new Error('the name has no address');
  for (const target of await resolver.resolve(address)) {
    signal.throwIfAborted();
    try {
      const inTime = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs())]);
      await network.dial({ address: target, peerId, signal: inTime });
      return target;
    } catch (error) {
      failure = error;
    }
  }
  resolver.doubt(address);
  throw failure;
}
