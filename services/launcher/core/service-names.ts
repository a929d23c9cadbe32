import type { Transport } from '#libs/settings/transport.ts';

/** The services of one member, in the order they are started. */
export const SERVICE_NAMES = ['config', 'signer', 'gateway', 'consensus'] as const;

export type ServiceName = (typeof SERVICE_NAMES)[number];

/** The facts that decide which services a member has. */
export interface ServedChain {
  readonly hasChain: boolean;
  /** Undefined: libp2p. */
  readonly transport?: Transport | undefined;
}

/**
 * The services of a member: all of them; without the gateway where consensus speaks to the other members itself; and for a node without a
 * chain those that need none.
 */
export function servicesOf({ hasChain, transport }: ServedChain): readonly ServiceName[] {
  if (!hasChain) return ['config', 'gateway'];
  return transport === 'http-json' ? SERVICE_NAMES.filter((name) => name !== 'gateway') : SERVICE_NAMES;
}
